"""However busy, wrong or forgetful an end is, an upload ends in time, whole or undone."""

import heapq
import math
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.lossy_wire import (
    AWAKE,
    GROUND,
    VEHICLE,
    LossyWire,
    Naps,
    PlanKeepingVehicle,
    Weather,
    drive,
)
from ground_station.hub.vehicles_port import UploadOutcome, UploadResult
from ground_station.vehicles.plan_on_board.held import held_from_plan
from ground_station.vehicles.upload import UploadLimits, VerifiedUpload
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FenceCircle, Frame, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, wire_of
from sim.vehicle.wire.chaos import Mischief, ProtocolChaos
from sim.vehicle.wire.outgoing import Outgoing

LONGEST_NAP_S = 12.0
CANCEL = {"target_system": 1, "target_component": 1, "type": 15}
# The worst link that a nap is dreamt on.
WINDY = Weather(loss=0.1, delay_s=0.05, jitter_s=0.05, doubled=0.05, reordered=0.05)


def _plan(items: int, height_m: float) -> Plan:
    centre = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
    return Plan(
        items=tuple(
            MissionItem(
                command=Command.NAV_WAYPOINT,
                frame=Frame.GLOBAL_RELATIVE_ALT,
                params=(0.0, 0.0, 0.0, float("nan"), 44.85 + 1e-5 * index, 65.51, height_m),
            )
            for index in range(items)
        ),
        fence=Fence(
            circles=(FenceCircle(center=centre, radius_m=500.0 + height_m, inclusion=True),)
        ),
        rally=(RallyPoint(position=centre, height=HeightAboveHome(height_m)),),
    )


OLD, NEW = _plan(6, 20.0), _plan(12, 50.0)
BEFORE, AFTER = held_from_plan(OLD), held_from_plan(NEW)
OLD_HASHES = {part.kind: part.hash for part in BEFORE.parts}
NEW_HASHES = {part.kind: part.hash for part in AFTER.parts}
WHOLE_S = UploadLimits().whole(new=AFTER.size, before=BEFORE.size)


class Wrong:
    """A vehicle whose answers go wrong, come late or never; its plans are true."""

    def __init__(self, vehicle: PlanKeepingVehicle, mischief: Mischief) -> None:
        self._vehicle = vehicle
        self._chaos = ProtocolChaos()
        self._chaos.mission = mischief
        self._late: list[tuple[float, int, Send]] = []
        self._count = 0

    def receive(self, message: Message, now_s: float) -> list[Send]:
        return self._spoilt(self._vehicle.receive(message, now_s), now_s)

    def tick(self, now_s: float) -> list[Send]:
        sends = self._spoilt(self._vehicle.tick(now_s), now_s)
        while self._late and self._late[0][0] <= now_s:
            sends.append(heapq.heappop(self._late)[2])
        return sends

    def _spoilt(self, sends: list[Send], now_s: float) -> list[Send]:
        for late_s, out in self._chaos.spoil([Outgoing("ground", 1, send) for send in sends]):
            self._count += 1
            heapq.heappush(self._late, (now_s + late_s, self._count, out.send))
        due = []
        while self._late and self._late[0][0] <= now_s:
            due.append(heapq.heappop(self._late)[2])
        return due


class Forgetful(PlanKeepingVehicle):
    """Drops each transfer somewhere in its middle, as PX4 does with one that was silent for too
    long; never at the same item, so that nothing looks like a refusal."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._ground = Encoder(system_id=GROUND.system_id, component_id=GROUND.component_id)
        self._forgets_at = 1

    def receive(self, message: Message, now_s: float) -> list[Send]:
        sends = super().receive(message, now_s)
        if message.name == "MISSION_ITEM_INT" and message.seq == self._forgets_at:
            self._forgets_at = self._forgets_at % 151 + 1
            for each in Decoder().feed(self._ground.encode("MISSION_ACK", **CANCEL)):
                super().receive(each, now_s)
        return sends


def _old(kind: type[PlanKeepingVehicle] = PlanKeepingVehicle) -> Any:
    return kind(plans=[(each, wire_of(OLD, each)) for each in MissionType])


def _on_board(vehicle: PlanKeepingVehicle) -> dict[MissionType, int]:
    return {kind: vehicle.store.hash(kind) for kind in MissionType}


def _is_true(outcome: UploadOutcome | None, vehicle: PlanKeepingVehicle) -> None:
    assert outcome is not None
    for kind, seen in vehicle.history.items():
        assert set(seen) <= {OLD_HASHES[kind], NEW_HASHES[kind]}
    if outcome.outcome is UploadResult.PROVEN:
        assert _on_board(vehicle) == NEW_HASHES
    elif outcome.restored:
        assert _on_board(vehicle) == OLD_HASHES


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    awake_s=st.sampled_from((0.3, 2.0, 8.0)),
    asleep_s=st.sampled_from((0.5, 4.0, LONGEST_NAP_S)),
    both=st.booleans(),
)
def test_ends_that_are_starved_of_time_come_to_an_end(
    seed: int, awake_s: float, asleep_s: float, both: bool
) -> None:
    chance = Random(seed)
    vehicle, wire = _old(), LossyWire(chance, WINDY)
    upload = VerifiedUpload(vehicle=VEHICLE, plan=NEW, before=BEFORE)
    naps = Naps(chance, awake_s=awake_s, asleep_s=asleep_s)
    ended = drive(
        upload,
        vehicle,
        wire,
        until_s=WHOLE_S + 4 * LONGEST_NAP_S,
        naps=(naps, Naps(chance, awake_s=awake_s, asleep_s=asleep_s) if both else AWAKE),
    )
    assert ended
    _is_true(upload.outcome, vehicle)


mischiefs = st.builds(
    Mischief,
    no_ack=st.booleans(),
    late_ack_s=st.sampled_from((0.0, 0.0, 0.4, 3.0, 20.0)),
    copies=st.sampled_from((0, 0, 1, 3)),
    wrong_number=st.sampled_from((0, 0, -1, 1, 2)),
    stop_after=st.sampled_from((math.inf, math.inf, 0.0, 2.0, 9.0, 30.0)),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), mischief=mischiefs)
def test_a_vehicle_that_answers_wrongly_late_or_not_at_all_does_not_hold_an_upload(
    seed: int, mischief: Mischief
) -> None:
    vehicle, wire = _old(), LossyWire(Random(seed), WINDY)
    upload = VerifiedUpload(vehicle=VEHICLE, plan=NEW, before=BEFORE)
    assert drive(upload, Wrong(vehicle, mischief), wire, until_s=WHOLE_S + 1.0)
    _is_true(upload.outcome, vehicle)


def test_a_vehicle_that_forgets_every_transfer_is_given_up_in_time() -> None:
    vehicle: Forgetful = _old(Forgetful)
    wire = LossyWire(Random(1), Weather(delay_s=0.01))
    plan = _plan(200, 50.0)
    whole_s = UploadLimits().whole(new=held_from_plan(plan).size, before=BEFORE.size)
    upload = VerifiedUpload(vehicle=VEHICLE, plan=plan, before=BEFORE)
    assert drive(upload, vehicle, wire, until_s=whole_s + 1.0)
    assert upload.outcome is not None
    assert upload.outcome.outcome is not UploadResult.PROVEN
    assert vehicle.store.hash(MissionType.MISSION) == OLD_HASHES[MissionType.MISSION]


def test_one_transfer_ends_though_the_vehicle_never_stops_asking_from_the_beginning() -> None:
    vehicle: Forgetful = _old(Forgetful)
    items = wire_of(_plan(300, 50.0), MissionType.MISSION)
    sender = PlanSender(own=GROUND, vehicle=VEHICLE, mission_type=MissionType.MISSION, items=items)
    wire = LossyWire(Random(1), Weather(delay_s=0.01))
    assert drive(sender, vehicle, wire, until_s=90.0 + 0.75 * len(items) + 1.0)
    assert sender.outcome is not None
    assert not sender.outcome.complete
