"""Our simulated vehicle against PX4: every answer to random missions, fences and rally points.

The same items go to PX4's own simulator and to our vehicle in simulated time, home at the same
place: `python -m benchmarks.simulated_verdicts --px4 PX4/build --out FILE`. What PX4 said is
written to that file; `--recorded FILE` holds our vehicle against it, without PX4.
"""

import argparse
import json
import lzma
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.checked_missions import FACTOR, READY_WITHIN_S
from benchmarks.machine import Machine
from benchmarks.px4_instances import FIRST_PORT, add_px4_arguments, running_px4
from benchmarks.px4_verdict import Judge, Verdict
from benchmarks.random_missions import random_missions
from benchmarks.random_wire import WireCase, random_fences, random_rally
from benchmarks.report import Report, Row, Table, run, told
from benchmarks.vehicle_line import SimulatedLine, UdpLine
from missions.checks import MissionResult, Px4Profile
from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Home
from onboard.mavlink.plan_items import MissionType, WireItem

PARTS = ("mission", "fence", "rally", "feasible", "texts", "events")
PROFILE = ("mis_tko_land_req", "mis_dist_1wp_m", "gf_max_hor_dist_m", "gf_max_ver_dist_m")
ITEM = WireItem.__slots__
# PX4 holds so many texts and events for its links: those said at once beyond them are lost.
HELD_AT_ONCE = {"texts": 8, "events": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One case: what PX4 said, and what our vehicle said."""

    case: WireCase
    px4: Verdict
    ours: Verdict

    @property
    def differences(self) -> list[str]:
        """Every part of the answer that differs, in words."""
        pairs = ((name, getattr(self.px4, name), getattr(self.ours, name)) for name in PARTS)
        return [
            f"{name}: PX4 {theirs!r}, ours {ours!r}"
            for name, theirs, ours in pairs
            if theirs != ours and not _held_back(name, theirs, ours)
        ]


def _held_back(name: str, theirs: Any, ours: Any) -> bool:
    """Whether PX4 said a part of ours, in order, and ours are more than it holds at once."""
    if name not in HELD_AT_ONCE or len(ours) <= HELD_AT_ONCE[name]:
        return False
    left = iter(ours)
    return len(theirs) >= HELD_AT_ONCE[name] and all(one in left for one in theirs)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line."""
    parser.add_argument("--seed", type=int, default=11, help="of the cases; default %(default)s")
    parser.add_argument("--missions", type=int, default=600, help="default %(default)s")
    parser.add_argument("--fences", type=int, default=150, help="default %(default)s")
    parser.add_argument("--rally", type=int, default=150, help="default %(default)s")
    parser.add_argument(
        "--home",
        default="44.8526,65.5092,129",
        help="where both stand: latitude, longitude, metres above the sea; default %(default)s",
    )
    parser.add_argument("--out", type=Path, help="what PX4 said, as JSON lines")
    parser.add_argument(
        "--recorded", type=Path, metavar="FILE", help="what PX4 said before, instead of PX4"
    )
    add_px4_arguments(parser)


def measure(arguments: argparse.Namespace) -> Report:
    """Ask PX4 and our vehicle, and count what differs.

    Raises:
        BadInput: neither a build of PX4 nor a recording is given, or one cannot be read.
    """
    machine = Machine.now()
    home = _home(arguments.home)
    if arguments.recorded is not None:
        answered: Iterable[tuple[WireCase, Verdict]] = recorded(arguments.recorded)
    elif arguments.px4 is not None:
        answered = _asked(arguments, home)
    else:
        raise BadInput(where="--px4", what="the folder of a PX4 build is wanted, or --recorded")
    return _report(machine, list(held(answered, home)))


def held(answered: Iterable[tuple[WireCase, Verdict]], home: Home) -> Iterator[Held]:
    """Our vehicle asked the same, one case after another."""
    judge = Judge(SimulatedLine(home), system_id=1)
    judge.ready(READY_WITHIN_S)
    judge.keep_home(home)
    for number, (case, verdict) in enumerate(answered, start=1):
        judge.take(case.profile)
        one = Held(case=case, px4=verdict, ours=judge.judge_items(case.items))
        for difference in one.differences:
            told(f"{case.name}: {difference}")
        if number % 50 == 0:
            told(f"{number} cases")
        yield one


def recorded(file: Path) -> Iterator[tuple[WireCase, Verdict]]:
    """What PX4 said, as it was written down.

    Raises:
        BadInput: the file is not such a recording.
    """
    try:
        with (lzma.open if file.suffix == ".xz" else open)(file, "rt", encoding="utf-8") as opened:
            lines = opened.read().splitlines()
    except OSError as error:
        raise place_of(error, str(file)) from error
    for number, line in enumerate(lines, start=1):
        try:
            yield _read(line)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                where=f"{file}:{number}", what=f"no recorded verdict ({error})"
            ) from error


def _asked(arguments: argparse.Namespace, home: Home) -> Iterator[tuple[WireCase, Verdict]]:
    place = dict(zip(("LAT", "LON", "ALT"), arguments.home.split(","), strict=True))
    variables = {f"PX4_HOME_{name}": value for name, value in place.items()}
    first = arguments.px4_first
    lines = None if arguments.out is None else arguments.out.open("w", encoding="utf-8")
    began_s = time.monotonic()
    with (
        running_px4(arguments.px4, count=1, factor=FACTOR, first=first, variables=variables),
        closing(Judge(UdpLine(FIRST_PORT + first), system_id=first + 1)) as judge,
    ):
        judge.ready(READY_WITHIN_S)
        judge.keep_home(home)
        for case in cases(arguments.seed, arguments, home):
            judge.take(case.profile)
            verdict = judge.judge_items(case.items)
            if lines is not None:
                print(_line(case, verdict), file=lines, flush=True)
            yield case, verdict
    told(f"PX4 was asked in {time.monotonic() - began_s:.0f} s")


def cases(seed: int, counts: argparse.Namespace, home: Home) -> Iterable[WireCase]:
    """The random cases of a seed."""
    return chain(
        map(WireCase.of, random_missions(seed, counts.missions, home)),
        random_fences(seed, counts.fences, home),
        random_rally(seed, counts.rally, home),
    )


def _home(text: str) -> Home:
    try:
        latitude_deg, longitude_deg, height_m = (float(part) for part in text.split(","))
        point = GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    except ValueError as error:
        raise BadInput(where="--home", what="three numbers, as 44.85,65.51,129") from error
    return Home(position=point, height=HeightAmsl(height_m))


def _line(case: WireCase, verdict: Verdict) -> str:
    items = {
        kind.name.lower(): [[getattr(item, name) for name in ITEM] for item in case.items[kind]]
        for kind in MissionType
    }
    profile = {name: getattr(case.profile, name) for name in PROFILE}
    said = {name: getattr(verdict, name) for name in PARTS}
    return json.dumps({"name": case.name, "profile": profile, "items": items, "px4": said})


def _read(line: str) -> tuple[WireCase, Verdict]:
    record = json.loads(line)
    items = {
        kind: tuple(
            WireItem(**dict(zip(ITEM, values, strict=True)))
            for values in record["items"][kind.name.lower()]
        )
        for kind in MissionType
    }
    case = WireCase(name=record["name"], profile=Px4Profile(**record["profile"]), items=items)
    said = record["px4"]
    acks = {name: MissionResult(said[name]) for name in ("mission", "fence", "rally")}
    verdict = Verdict(
        **acks,
        feasible=said["feasible"],
        fence_kept=True,
        words=(),
        texts=tuple(said["texts"]),
        events=tuple((number, levels, packed) for number, levels, packed in said["events"]),
    )
    return case, verdict


def _report(machine: Machine, found: Sequence[Held]) -> Report:
    kinds = ("mission", "fence", "rally")
    rows = [_row(kind, [one for one in found if one.case.name.startswith(kind)]) for kind in kinds]
    return Report(
        name="simulated_verdicts",
        machine=machine,
        tables=[Table(rows=[row for row in rows if row["cases"]])],
        notes=(
            "Each case is a mission with a fence and rally points, sent to PX4's own simulator and "
            "to our vehicle. Refused: a part is not acknowledged, or the mission is not feasible. "
            "Equal: the three results, the verdict, and every text and event about it, with its "
            "levels and arguments.",
            "Of more than 8 texts or 16 events at once PX4 loses some; what it said is ours, "
            "in their order.",
        ),
    )


def _row(kind: str, found: Sequence[Held]) -> Row:
    return {
        "random": kind,
        "cases": len(found),
        "PX4 refuses": sum(
            bool(one.px4.mission or one.px4.fence or one.px4.rally) or not one.px4.feasible
            for one in found
        ),
        "texts": sum(len(one.px4.texts) for one in found),
        "events": sum(len(one.px4.events) for one in found),
        "equal in everything": sum(not one.differences for one in found),
    }


if __name__ == "__main__":
    sys.exit(run("simulated_verdicts", __doc__ or "", add_arguments, measure))
