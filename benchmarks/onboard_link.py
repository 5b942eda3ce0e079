"""Whether every event reaches the hub, once and urgent first, though link and process fail."""

import argparse
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cpu import percentile
from benchmarks.hub_ingest import hub_process
from benchmarks.link_weather import AN_HOUR_S, EVENT_EVERY_S, WEATHERS, Flight, Outcome
from benchmarks.machine import Machine
from benchmarks.outbox_kills import LONGEST_REST_S, MOST_EVENTS, KillOutcome, trial
from benchmarks.report import Report, Row, Table, run, told
from onboard.messages import Severity

SEED = 7
LONGEST_S = 6 * AN_HOUR_S


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--kills", type=int, default=100, help="default %(default)s; whole: 1000")
    parser.add_argument("--minutes", type=float, default=60.0, help="of each weather's flight")


def measure(arguments: argparse.Namespace) -> Report:
    """Every weather in virtual time, then the kills in real time."""
    machine = Machine.now()
    with TemporaryDirectory(prefix="qyran-benchmark-") as name:
        folder = Path(name)
        weathers = []
        for number, weather in enumerate(WEATHERS):
            told(weather.name)
            place = folder / str(number)
            flight = Flight(place, weather, seed=SEED, for_s=60.0 * arguments.minutes)
            weathers.append(flight.run(until_s=LONGEST_S))
        told(f"{arguments.kills} kills")
        killed = _killed(folder / "kills", arguments.kills)
    return Report(
        name="onboard_link",
        machine=machine,
        tables=[
            Table(title="The link fails", rows=[_row(each) for each in weathers]),
            Table(title="The process is killed", rows=[_kill_row(killed)]),
        ],
        notes=[
            f"The aircraft's outbox and uplink, the hub's own API and store. {arguments.minutes:g} "
            f"minutes of an event every {EVENT_EVERY_S:g} s (one in twenty an alarm, each with a "
            "picture), in virtual time; a request waits for the one that is under way. Goal: every "
            "event arrives, once in effect, none overtaken by what is less urgent.",
            "Packets that are lost are sent again as TCP does. Cut: of ten requests one breaks on "
            "the way there, and of one the answer is lost after the hub took it; one in ten comes "
            "once more, up to 20 s later.",
            "Healed: from the end of the silence to the arrival of the last alarm that waited.",
            f"Killed with SIGKILL after a random number of lines it told (up to {MOST_EVENTS}; "
            "the outbox is open, an event is written) and at any instant within "
            f"{1e3 * LONGEST_REST_S:g} ms after, while it writes as fast as it can and sends to a "
            "hub process on loopback. Told: the event's `put` had returned. Not told and there: "
            "killed between the two.",
        ],
    )


def _killed(folder: Path, kills: int) -> KillOutcome:
    data = folder / "hub"
    data.mkdir(parents=True)
    with hub_process(data) as (process, url):

        def end_hub() -> Path:
            process.terminate()
            process.wait()
            return data

        return trial(folder, url, end_hub, kills=kills)


def _row(outcome: Outcome) -> Row:
    def waited_s(severity: Severity, percent: float) -> float:
        return percentile(outcome.waited_s[severity], percent)

    return {
        "link": outcome.weather,
        "events": outcome.events,
        "arrived": outcome.arrived,
        "effects": outcome.effects,
        "overtaken": outcome.overtaken,
        "alarm, median s": waited_s(Severity.ALARM, 50),
        "alarm, 95 % s": waited_s(Severity.ALARM, 95),
        "notice, 95 % s": waited_s(Severity.NOTICE, 95),
        "healed, s": outcome.after_heal_s,
        "pictures": f"{outcome.pictures_arrived} of {outcome.pictures}",
        "kB each": outcome.mean_picture_bytes / 1e3,
        "requests failed": outcome.failed_requests,
    }


def _kill_row(outcome: KillOutcome) -> Row:
    return {
        "kills": outcome.kills,
        "events told": outcome.told,
        "arrived": outcome.arrived,
        "not told and there": outcome.half_done,
        "effects": outcome.effects,
        "pictures": f"{outcome.pictures_arrived} of {outcome.pictures_told}",
        "outbox open again, median ms": 1e3 * statistics.median(outcome.opening_s),
        "95 % ms": 1e3 * percentile(outcome.opening_s, 95),
    }


if __name__ == "__main__":
    sys.exit(run("onboard_link", __doc__, add_arguments, measure))
