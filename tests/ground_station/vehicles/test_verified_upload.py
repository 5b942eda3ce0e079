"""A plan is on board when hash and verdict say so: the machine against a vehicle's other end."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from ground_station.hub.vehicles_port import UploadResult
from ground_station.vehicles.machine import GROUND_STATION, autopilot
from ground_station.vehicles.px4_events import event_id
from ground_station.vehicles.upload import VerifiedUpload
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FencePolygon, Frame, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanStore
from onboard.mavlink.plan_hash import mission_hash
from onboard.mavlink.plan_items import MissionType, mission_wire

NAN = float("nan")
STEP_S = 0.05
VERDICT_AFTER_S = 0.7


def _item(command: int, latitude_deg: float, longitude_deg: float, height_m: float) -> MissionItem:
    return MissionItem(
        command=command,
        frame=Frame.GLOBAL_RELATIVE_ALT,
        params=(0.0, 0.0, 0.0, NAN, latitude_deg, longitude_deg, height_m),
    )


RING = tuple(
    GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    for latitude, longitude in ((44.84, 65.50), (44.84, 65.52), (44.86, 65.52), (44.86, 65.50))
)
PLAN = Plan(
    items=(
        _item(Command.NAV_TAKEOFF, 44.85, 65.51, 30.0),
        _item(Command.NAV_WAYPOINT, 44.851, 65.511, 30.0),
        MissionItem(command=20, frame=Frame.MISSION, params=(0.0,) * 7),
    ),
    fence=Fence(polygons=(FencePolygon(ring=RING, inclusion=True),)),
    rally=(RallyPoint(position=RING[0], height=HeightAboveHome(20.0)),),
)


@dataclass
class Vehicle:
    """The vehicle's end in memory: PX4's transfer protocol, and a navigator with a verdict."""

    feasible: bool = True
    says: tuple[Send, ...] = ()
    reports: bool = True
    lose: Iterator[bool] | None = None
    store: PlanStore = field(default_factory=PlanStore)

    def __post_init__(self) -> None:
        self._endpoint = PlanEndpoint(self.store, own=autopilot(1))
        self._up = Encoder(system_id=GROUND_STATION.system_id, component_id=190)
        self._down = Encoder(system_id=1, component_id=1)
        self._at_vehicle, self._at_ground = Decoder(), Decoder()
        self._changed_at_s: float | None = None

    def take(self, sends: list[Send], now_s: float) -> list[Message]:
        """What the ground sent arrives; the vehicle's answers come back decoded."""
        answers: list[Send] = []
        for send in sends:
            if self.lose is None or not next(self.lose):
                for message in self._at_vehicle.feed(self._up.encode_send(send)):
                    before = self.store.revision(MissionType.MISSION)
                    answers += self._endpoint.receive(message, now_s)
                    if self.store.revision(MissionType.MISSION) != before:
                        self._changed_at_s = now_s
        return self._arrived(answers + self._endpoint.tick(now_s) + self._report(now_s))

    def _report(self, now_s: float) -> list[Send]:
        if not self.reports or round(now_s / STEP_S) % 10:
            return []
        judged = self._changed_at_s is not None and now_s - self._changed_at_s > VERDICT_AFTER_S
        current = Send(
            "MISSION_CURRENT",
            {
                "mission_state": 2 if judged and self.feasible else 1,
                "mission_id": self.store.hash(MissionType.MISSION),
                "fence_id": self.store.hash(MissionType.FENCE),
                "rally_points_id": self.store.hash(MissionType.RALLY),
            },
        )
        return [current, *(self.says if judged else ())]

    def _arrived(self, sends: list[Send]) -> list[Message]:
        data = b"".join(self._down.encode_send(send) for send in sends)
        return [
            message
            for message in self._at_ground.feed(data)
            if self.lose is None or not next(self.lose)
        ]


def _run(vehicle: Vehicle, plan: Plan = PLAN) -> VerifiedUpload:
    upload = VerifiedUpload(vehicle=autopilot(1), plan=plan)
    arriving = vehicle.take(upload.start(0.0), 0.0)
    for step in range(1, 3000):
        now_s = step * STEP_S
        sends = [send for message in arriving for send in upload.receive(message, now_s)]
        arriving = vehicle.take(sends + upload.tick(now_s), now_s)
        if upload.outcome is not None:
            break
    assert upload.outcome is not None
    return upload


def test_a_plan_is_proven_when_hashes_agree_and_the_navigator_is_content() -> None:
    vehicle = Vehicle()
    outcome = _run(vehicle).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.PROVEN
    assert outcome.mission_hash == mission_hash(mission_wire(PLAN))
    assert outcome.items == len(vehicle.store.items(MissionType.MISSION)) == 3
    assert len(vehicle.store.items(MissionType.FENCE)) == 4
    assert len(vehicle.store.items(MissionType.RALLY)) == 1


def test_a_mission_that_the_navigator_finds_infeasible_is_refused() -> None:
    outcome = _run(Vehicle(feasible=False)).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.REFUSED
    assert outcome.verdict == "no valid mission"


def test_the_reason_for_a_refusal_is_the_vehicles_text() -> None:
    text = Send("STATUSTEXT", {"severity": 2, "text": "Mission rejected: starts with landing\t"})
    outcome = _run(Vehicle(feasible=False, says=(text,))).outcome
    assert outcome is not None
    assert outcome.verdict == "Mission rejected: starts with landing"


def test_the_reason_for_a_refusal_may_come_as_an_event_alone() -> None:
    arguments = (20).to_bytes(2, "little") + bytes(38)
    event = Send(
        "EVENT", {"id": event_id("navigator_mis_geofence_violation"), "arguments": arguments}
    )
    outcome = _run(Vehicle(feasible=False, says=(event,))).outcome
    assert outcome is not None
    assert outcome.verdict == "waypoint 20 is outside the geofence"
    assert outcome.item == 19


def test_a_fence_that_is_dropped_after_the_ack_refuses_the_plan() -> None:
    text = Send(
        "STATUSTEXT", {"severity": 2, "text": "Geofence invalid, doesn't contain Home position\t"}
    )
    outcome = _run(Vehicle(says=(text,))).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.REFUSED


def test_an_item_that_the_vehicle_does_not_know_refuses_the_plan_by_number() -> None:
    bad = MissionItem(command=82, frame=Frame.GLOBAL_RELATIVE_ALT, params=(0.0,) * 7)
    outcome = _run(Vehicle(), Plan(items=(*PLAN.items, bad))).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.REFUSED
    assert "item 3" in outcome.reason


def test_a_vehicle_that_never_reports_its_plan_leaves_it_unproven() -> None:
    outcome = _run(Vehicle(reports=False)).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.FAILED
    assert "MISSION_CURRENT" in outcome.reason


def test_a_silent_vehicle_fails_the_upload() -> None:
    outcome = _run(Vehicle(lose=iter(lambda: True, False))).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.FAILED
    assert "fell silent" in outcome.reason


@pytest.mark.parametrize("period", [3, 5, 7])
def test_a_lossy_link_ends_in_proof(period: int) -> None:
    losses = (index % period == 0 for index in range(1_000_000))
    outcome = _run(Vehicle(lose=losses)).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.PROVEN


def test_an_empty_plan_clears_the_vehicle_and_is_proven() -> None:
    vehicle = Vehicle()
    vehicle.store.replace(MissionType.MISSION, mission_wire(PLAN))
    outcome = _run(vehicle, Plan()).outcome
    assert outcome is not None
    assert outcome.outcome is UploadResult.PROVEN
    assert vehicle.store.items(MissionType.MISSION) == ()
