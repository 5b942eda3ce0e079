"""One comparison from beginning to end: read the log, fly it again, judge the difference."""

from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput
from sim.compare.flight import Flight, read_flight
from sim.compare.gates import Row, flight_rows
from sim.compare.inputs import flies_unknown_mission, inputs_of, waypoints_of
from sim.compare.replay import Links, Replay
from sim.compare.setup import Told, learn_setup, link_of
from sim.compare.tlog import Frame, Log, read_log
from sim.compare.wire_gates import ack_rows, order_rows, rate_rows
from sim.vehicle.local_frame import LocalFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rows, what was learnt of the set-up, and both flights."""

    rows: tuple[Row, ...]
    learnt: dict[str, str]
    theirs: Flight
    ours: Flight

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return all(row.passed for row in self.rows)


def compare(
    path: Path,
    *,
    told: Told | None = None,
    system_id: int | None = None,
    inputs: Path | None = None,
    seed: int = 1,
) -> Comparison:
    """Fly a recorded flight again and hold it against the recording.

    `inputs` is a log of the same flight's other link, where what was sent is not in `path`.

    Raises:
        BadInput: the log cannot be read or be flown; the place is named.
    """
    log = read_log(path, system_id=system_id)
    spoken = log if inputs is None else read_log(inputs, system_id=log.system_id)
    setup = learn_setup(path, spoken, told or Told())
    if flies_unknown_mission(spoken):
        raise BadInput(where=str(path), what="flies a mission that was uploaded before it begins")
    theirs = read_flight(_with_texts(log, spoken), setup.home)
    links = Links(heard=link_of(log), told=link_of(spoken))
    replay = Replay(setup, theirs, inputs_of(spoken), links, seed)
    said = replay.run()
    ours = read_flight(_since(replay.begins_s, said, log), setup.home)
    rows = [
        *flight_rows(theirs, ours, waypoints_of(spoken), LocalFrame(setup.home)),
        *rate_rows(theirs, ours, log.lost),
        *ack_rows(theirs, ours, said),
        *order_rows(theirs, ours),
    ]
    return Comparison(rows=tuple(rows), learnt=setup.sources, theirs=theirs, ours=ours)


def _with_texts(log: Log, spoken: Log) -> list[Frame]:
    """What the vehicle said on the compared link, and its texts from the link it was told on."""
    if log is spoken:
        return list(log.ours)
    frames = [frame for frame in log.ours if frame.message.name != "STATUSTEXT"]
    frames += [frame for frame in spoken.ours if frame.message.name == "STATUSTEXT"]
    return sorted(frames, key=lambda frame: frame.boot_s)


def _since(begins_s: float, said: list[Frame], log: Log) -> list[Frame]:
    """What our vehicle said from the boot second at which the log begins."""
    vehicle = [frame for frame in said if frame.message.system_id == log.system_id]
    return [frame for frame in vehicle if frame.boot_s >= begins_s] or vehicle
