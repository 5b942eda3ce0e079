"""The predicted hash against the one that PX4 reported for every upload in the recordings."""

from collections.abc import Callable

import pytest

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Fence, FencePolygon, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Message
from onboard.mavlink.plan_hash import fence_hash, items_hash, mission_hash, plan_hashes, rally_hash
from onboard.mavlink.plan_items import WireItem, mission_wire

# Flight 02 uploaded this mission; PX4 answered opaque_id 181422311. Frame 6 is relative altitude,
# 2 has no position; NaN is 'keep the yaw'.
SQUARE_HASH = 181422311
NAN = float("nan")
SQUARE = (
    (22, 6, (0, 0, 0, NAN, 47.3977432, 8.5455938, 20)),
    (16, 6, (0, 0, 0, NAN, 47.3986425, 8.5455938, 20)),
    (16, 6, (5, 0, 0, NAN, 47.3986425, 8.5469224, 20)),
    (178, 2, (1, 8, -1, 0, 0, 0, 0)),
    (16, 6, (0, 0, 0, NAN, 47.3977432, 8.5469224, 30)),
    (16, 6, (0, 0, 0, NAN, 47.3977432, 8.5455938, 30)),
    (20, 2, (0, 0, 0, 0, 0, 0, 0)),
)

Messages = list[tuple[float, Message]]


def _uploads(messages: Messages) -> list[tuple[list[WireItem], set[int]]]:
    """Each upload's items in order, and the hashes that PX4 acknowledged it with."""
    uploads: list[tuple[dict[int, WireItem], set[int]]] = []
    for _, message in messages:
        if message.name == "MISSION_COUNT" and message.system_id == 255:
            uploads.append(({}, set()))
        if message.name == "MISSION_ITEM_INT" and message.system_id == 255:
            uploads[-1][0].setdefault(message.seq, WireItem.from_message(message))
        if message.name == "MISSION_ACK" and message.opaque_id:
            uploads[-1][1].add(message.opaque_id)
    return [([items[seq] for seq in sorted(items)], hashes) for items, hashes in uploads]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("recording", "accepted"),
    [
        ("02_mission_square_1x.gcs", 1),
        ("05_geofence_breach_rally_4x.gcs", 5),
        ("07_gcs_link_loss_rtl_2x.gcs", 1),
        ("11_patrol_lawnmower_2x.gcs", 1),
        ("14_mission_protocol_errors_1x.gcs", 30),
        ("16_gimbal_device_camera_1x.gcs", 1),
    ],
)
def test_the_hash_is_px4s_for_every_recorded_upload(
    recording: str, accepted: int, recorded_messages: Callable[[str, str], Messages]
) -> None:
    uploads = _uploads(recorded_messages(recording, "MISSION_"))
    proven = [(items_hash(items), hashes) for items, hashes in uploads if hashes]
    assert [hashes for _, hashes in proven] == [{hash} for hash, _ in proven]
    assert len(proven) == accepted


def test_a_plan_of_ours_has_the_hash_that_px4_gave_to_the_same_mission() -> None:
    items = tuple(
        MissionItem(command=command, frame=frame, params=tuple(map(float, params)))  # type: ignore[arg-type]
        for command, frame, params in SQUARE
    )
    assert mission_hash(mission_wire(Plan(items=items))) == SQUARE_HASH
    assert plan_hashes(Plan(items=items)).mission == SQUARE_HASH


def test_no_plan_has_the_hash_zero() -> None:
    hashes = plan_hashes(Plan())
    assert (hashes.mission, hashes.fence, hashes.rally) == (0, 0, 0)
    assert mission_hash(()) == fence_hash(()) == rally_hash(()) == 0


def test_the_flag_of_the_current_item_does_not_change_the_hash() -> None:
    item = WireItem(frame=6, command=16, x=1, y=2, z=3.0)
    flagged = WireItem(frame=6, command=16, x=1, y=2, z=3.0, current=1)
    assert items_hash([item]) == items_hash([flagged])


def test_each_part_of_a_plan_has_its_own_hash() -> None:
    corner = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
    ring = (corner, GeoPoint(latitude_deg=44.86, longitude_deg=65.5), corner)
    plan = Plan(
        fence=Fence(polygons=(FencePolygon(ring=ring, inclusion=True),)),
        rally=(RallyPoint(position=corner, height=HeightAboveHome(20.0)),),
    )
    hashes = plan_hashes(plan)
    assert hashes.mission == 0
    assert len({hashes.mission, hashes.fence, hashes.rally}) == 3
