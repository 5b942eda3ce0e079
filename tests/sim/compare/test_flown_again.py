"""Logs of our own vehicle, flown again by the comparison: whatever it was sent, nothing differs."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onboard.mavlink.codec import Decoder, Encoder, Message
from onboard.mavlink.plan_items import MissionType, WireItem
from sim.compare.comparison import Comparison, compare
from sim.compare.flight import Ack, Flight
from sim.compare.tlog import Frame, read_log
from sim.compare.wire_gates import ack_rows

ARM, START_MISSION, GRIPPER = 400, 300, 211
TAKEOFF, WAYPOINT, RELATIVE = 22, 16, 6
ACCEPTED = 0
NAN = float("nan")


class Recorder:
    """Writes down all that a bench's vehicle says and is told, in order."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.rows: list[tuple[float, Message]] = []
        self._tell, self._hear = bench.tell, bench._hear
        bench.tell, bench._hear = self.tell, self.hear

    def tell(self, name: str, **fields: Any) -> Any:
        frame = Encoder(system_id=255, component_id=190).encode(name, **fields)
        self._note(Decoder().feed(frame))
        return self._tell(name, **fields)

    def hear(self, outgoing: Any) -> None:
        before = len(self.bench.heard)
        self._hear(outgoing)
        said = self.bench.heard[before:]
        self._note([heard.message for heard in said if heard.link == "ground"])

    def _note(self, messages: list[Message]) -> None:
        self.rows += [(self.bench.now_s, message) for message in messages]

    def write(self, path: Path, since_s: float = 0.0) -> Path:
        """As a log that begins at a second; the texts of before come at once, as PX4 says them."""
        kept = [(max(at_s, since_s), m) for at_s, m in self.rows if _is_kept(at_s, m, since_s)]
        path.write_bytes(b"".join(struct.pack(">Q", int(at_s * 1e6)) + _raw(m) for at_s, m in kept))
        return path


def _is_kept(at_s: float, message: Message, since_s: float) -> bool:
    return at_s >= since_s or message.name == "STATUSTEXT"


def _raw(message: Message) -> bytes:
    sender = Encoder(system_id=message.system_id, component_id=message.component_id)
    return sender.encode(message.name, **message.fields)


@pytest.fixture
def recorder(bench: Callable[..., Any]) -> Recorder:
    return Recorder(bench(streams="px4"))


def answers(comparison: Comparison) -> list[tuple[object, object]]:
    rows = [row for row in comparison.rows if row.figure == "answers to commands"]
    return [(row.px4, row.ours) for row in rows]


def test_plan_of_five_hundred_items_is_uploaded_again(recorder: Recorder, tmp_path: Path) -> None:
    recorder.bench.ready().tell("HEARTBEAT", type=6, autopilot=8)
    takeoff = WireItem(command=TAKEOFF, frame=RELATIVE, x=473977432, y=85455938, z=20.0)
    leg = [
        WireItem(command=WAYPOINT, frame=RELATIVE, x=473977432 + 90 * n, y=85455938, z=20.0)
        for n in range(1, 500)
    ]
    recorder.bench.upload([takeoff, *leg], MissionType.MISSION)
    recorder.bench.run(3.0)
    assert recorder.bench.command(START_MISSION, 0, 0) == ACCEPTED
    recorder.bench.run(20.0)
    comparison = compare(recorder.write(tmp_path / "flown.tlog"))
    assert answers(comparison) == [("1", "the same")]
    assert len(comparison.ours.stretches()) == 1


def test_texts_said_before_a_log_begins_do_not_hide_what_follows(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.bench.run(9.0)
    assert "Preflight Fail: no heading reference" in recorder.bench.texts()
    recorder.bench.tell("HEARTBEAT", type=6, autopilot=8)
    recorder.bench.run(1.0)
    assert recorder.bench.command(ARM, 1.0) == ACCEPTED
    recorder.bench.run(14.0)
    path = recorder.write(tmp_path / "late.tlog", since_s=7.0)
    assert read_log(path).frames[0].message.name == "STATUSTEXT"
    comparison = compare(path)
    assert answers(comparison) == [("1", "the same")]
    orders = [row for row in comparison.rows if row.figure.startswith("order of events")]
    assert [row.ours for row in orders if not row.passed] == []


def test_an_answer_to_the_vehicles_own_part_is_no_answer_to_the_ground() -> None:
    acks = [Ack(1.0, GRIPPER, ACCEPTED, 0), Ack(9.0, GRIPPER, ACCEPTED, 255)]
    theirs, ours = (Flight(np.zeros((2, 4)), 0.0, 10.0, acks=given) for given in (acks, acks[1:]))
    raw = Encoder(system_id=255, component_id=190)
    asked = raw.encode("COMMAND_LONG", target_system=1, target_component=1, command=GRIPPER)
    said = [Frame(8.9, 8.9, message) for message in Decoder().feed(asked)]
    assert [row.ours for row in ack_rows(theirs, ours, said)] == ["the same"]
