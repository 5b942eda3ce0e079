"""How an upload of 800 items fares over a wire that loses, delays, doubles and reorders.

Beside ours, under the same wire and in the same virtual time: pymavlink's waypoint list sent by the
loop that its tools use (COUNT, then the item that is asked for), and that loop with COUNT and the
last item repeated; and MAVSDK's mission_raw over the same wire in real time, for it keeps its own.
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pymavlink import mavwp
from pymavlink.dialects.v20 import common as mavlink

from benchmarks.cpu import percentile
from benchmarks.lossy_wire import (
    BAD,
    VEHICLE,
    LossyWire,
    PlanKeepingVehicle,
    Weather,
    drive,
)
from benchmarks.machine import Machine
from benchmarks.mavsdk_upload import upload_by_mavsdk
from benchmarks.report import Report, Row, Table, run, told
from ground_station.hub.vehicles_port import UploadResult
from ground_station.vehicles.plan_on_board.held import held_from_plan
from ground_station.vehicles.upload import VerifiedUpload
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FencePolygon, Frame, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem, wire_of

LIMIT_S = 3600.0
MAVSDK_LIMIT_S = 600.0
REPEAT_S = 1.0
GIVE_UP_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=100, help="default %(default)s")
    parser.add_argument(
        "--mavsdk-runs", type=int, default=3, help="of MAVSDK, in real time; default %(default)s"
    )
    parser.add_argument("--items", type=int, default=800, help="default %(default)s")


@dataclass(frozen=True, slots=True)
class Run:
    """One upload: `whole` where the new plan is on board, `clean` where the old one still is."""

    whole: bool
    clean: bool
    mixed: bool
    took_s: float
    messages: int


def measure(arguments: argparse.Namespace) -> Report:
    """Every way with the same seeds."""
    machine = Machine.now()
    plan, old = _plan(arguments.items, 50.0), _plan(6, 20.0)
    rows = []
    for name, weather, upload in (
        ("ours: fence, rally, mission, verdict", BAD, _ours),
        ("pymavlink's list and loop: mission", BAD, _Mavwp),
        ("the same, last word repeated", BAD, _RepeatingMavwp),
        ("ours, only loss of 5 %", Weather(loss=0.05, delay_s=0.05), _ours),
    ):
        told(f"{arguments.runs} x {name}")
        runs = [_run(seed, weather, plan, old, upload) for seed in range(arguments.runs)]
        rows.append(_row(name, runs))
    for name, weather in (
        ("MAVSDK 4, real time: mission", BAD),
        ("the same, only loss of 5 %", Weather(loss=0.05, delay_s=0.05)),
    ):
        told(f"{arguments.mavsdk_runs} x {name}")
        runs = [_mavsdk(seed, weather, plan, old) for seed in range(arguments.mavsdk_runs)]
        rows.append(_row(name, runs))
    return Report(
        name="verified_upload",
        machine=machine,
        tables=[Table(rows=rows, title=f"{arguments.items} items, each way {BAD}")],
        notes=[
            "Virtual time; the vehicle's end of the mission protocol is ours and is held against "
            "PX4's recordings, and asks for a missing item every 0.25 s as PX4 does.",
            "'failed clean': the plan of before is on board, whole; 'mixed': a mission was active "
            "that is neither. Times are those of the complete ones; messages are the ground's.",
            "MAVSDK runs on its own clock over the same wire, and has met the vehicle before the "
            "weather begins; it gives an item up after a few tries of its own.",
            "The peers send the mission alone and await its ACK; ours sends fence and rally points "
            "too and awaits the hashes and the verdict.",
        ],
    )


def _row(name: str, runs: Sequence[Run]) -> Row:
    times = [each.took_s for each in runs if each.whole]
    return {
        "way": name,
        "runs": len(runs),
        "complete": sum(each.whole for each in runs),
        "failed clean": sum(each.clean and not each.whole for each in runs),
        "mixed": sum(each.mixed for each in runs),
        "p50 s": statistics.median(times) if times else None,
        "p95 s": percentile(times, 95) if times else None,
        "messages": statistics.median(each.messages for each in runs) if runs else None,
    }


def _run(
    seed: int, weather: Weather, plan: Plan, old: Plan, upload: Callable[[Plan, Plan], Any]
) -> Run:
    vehicle = PlanKeepingVehicle(plans=[(kind, wire_of(old, kind)) for kind in MissionType])
    wire = LossyWire(Random(seed), weather)
    machine = upload(plan, old)
    drive(machine, vehicle, wire, until_s=LIMIT_S)
    new = {part.kind: part.hash for part in held_from_plan(plan).parts}
    before = {part.kind: part.hash for part in held_from_plan(old).parts}
    kind = MissionType.MISSION
    return Run(
        whole=machine.complete() and vehicle.store.hash(kind) == new[kind],
        clean=all(vehicle.store.hash(each) == before[each] for each in MissionType),
        mixed=any(hash not in (new[kind], before[kind]) for hash in vehicle.history[kind]),
        took_s=wire.now_s,
        messages=wire.messages[0],
    )


def _mavsdk(seed: int, weather: Weather, plan: Plan, old: Plan) -> Run:
    kind = MissionType.MISSION
    vehicle = PlanKeepingVehicle(plans=[(each, wire_of(old, each)) for each in MissionType])
    items, before = wire_of(plan, kind), vehicle.store.hash(kind)
    end = upload_by_mavsdk(
        vehicle, items, chance=Random(seed), weather=weather, limit_s=MAVSDK_LIMIT_S
    )
    new = items_hash(items)
    held = vehicle.store.hash(kind)
    return Run(
        whole=end.accepted and held == new,
        clean=held == before,
        mixed=any(hash not in (new, before) for hash in vehicle.history[kind]),
        took_s=end.took_s,
        messages=end.messages,
    )


class _Ours(VerifiedUpload):
    def complete(self) -> bool:
        """Whether it was proven."""
        return self.outcome is not None and self.outcome.outcome is UploadResult.PROVEN


def _ours(plan: Plan, old: Plan) -> _Ours:
    return _Ours(vehicle=VEHICLE, plan=plan, before=held_from_plan(old))


class _Mavwp:
    """pymavlink's MAVWPLoader, and what MAVProxy does with it: the item that is asked for."""

    repeats = False

    def __init__(self, plan: Plan, _old: Plan) -> None:
        self.outcome: bool | None = None
        self._list = mavwp.MAVWPLoader(target_system=1, target_component=1)
        for seq, item in enumerate(wire_of(plan, MissionType.MISSION)):
            self._list.add(_pymavlink_item(seq, item))
        self._last: Send | None = None
        self._said_s = self._heard_s = 0.0

    def complete(self) -> bool:
        """Whether the vehicle has said ACCEPTED."""
        return self.outcome is True

    def start(self, now_s: float) -> list[Send]:
        """Announce the list."""
        count = {"target_system": 1, "target_component": 1, "count": self._list.count()}
        return self._say(Send("MISSION_COUNT", count), now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer a request; take the ACK for the end."""
        if message.name == "MISSION_ACK":
            self._heard_s = now_s
            self.outcome = message["type"] == 0
        if message.name != "MISSION_REQUEST_INT" or message.seq >= self._list.count():
            return []
        self._heard_s = now_s
        fields = self._list.wp(message.seq).to_dict()
        return self._say(Send(fields.pop("mavpackettype"), fields), now_s)

    def tick(self, now_s: float) -> list[Send]:
        """Nothing is repeated; a vehicle that has been silent for long has failed."""
        if now_s - self._heard_s >= GIVE_UP_S:
            self.outcome = False
        if self.repeats and self._last is not None and now_s - self._said_s >= REPEAT_S:
            return self._say(self._last, now_s)
        return []

    def _say(self, send: Send, now_s: float) -> list[Send]:
        self._last, self._said_s = send, now_s
        return [send]


class _RepeatingMavwp(_Mavwp):
    repeats = True


def _pymavlink_item(seq: int, item: WireItem) -> Any:
    fields = item.fields(seq=seq, mission_type=MissionType.MISSION, to=VEHICLE)
    return mavlink.MAVLink_mission_item_int_message(**fields)


def _plan(items: int, height_m: float) -> Plan:
    ring = tuple(
        GeoPoint(latitude_deg=44.8 + 0.05 * north, longitude_deg=65.5 + 0.05 * east)
        for north, east in ((0, 0), (1, 0), (1, 1), (0, 1))
    )
    return Plan(
        items=tuple(
            MissionItem(
                command=Command.NAV_WAYPOINT,
                frame=Frame.GLOBAL_RELATIVE_ALT,
                params=(0.0, 0.0, 0.0, float("nan"), 44.8 + index * 1e-5, 65.5, height_m),
            )
            for index in range(items)
        ),
        fence=Fence(polygons=(FencePolygon(ring=ring, inclusion=True),)),
        rally=(RallyPoint(position=ring[0], height=HeightAboveHome(height_m)),),
    )


if __name__ == "__main__":
    sys.exit(run("verified_upload", __doc__, add_arguments, measure))
