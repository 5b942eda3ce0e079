"""The predicted answers against PX4's own, in recorded uploads (v1.17, SIH quadx)."""

import lzma
import math
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pymavlink import mavutil

from missions.checks import MissionResult, predict
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Fence, FencePolygon, Home, MissionItem, Plan

HOME = Home(
    position=GeoPoint(latitude_deg=47.3977433, longitude_deg=8.5455942), height=HeightAmsl(489.4)
)
INT32_MAX = 2**31 - 1
ITEM_TYPES = ("MISSION_COUNT", "MISSION_ITEM_INT", "MISSION_ACK")
RECORDINGS = (
    "02_mission_square_1x",
    "05_geofence_breach_rally_4x",
    "11_patrol_lawnmower_2x",
    "14_mission_protocol_errors_1x",
    "16_gimbal_device_camera_1x",
)


class Upload(NamedTuple):
    """One recorded transfer: what was announced, what was sent and what PX4 answered."""

    announced: int
    kind: int
    items: list[Any]
    answers: list[int]


def uploads_of(recording: Path, folder: Path) -> list[Upload]:
    log = folder / "recording.tlog"
    log.write_bytes(lzma.decompress(recording.read_bytes()))
    connection = mavutil.mavlink_connection(str(log), dialect="common")
    found: list[Upload] = []
    while (message := connection.recv_match(type=list(ITEM_TYPES))) is not None:
        kind = message.get_type()
        if kind == "MISSION_COUNT":
            found.append(Upload(message.count, message.mission_type, [], []))
        elif found and kind == "MISSION_ITEM_INT":
            found[-1].items.append(message)
        elif found:
            found[-1].answers.append(message.type)
    return found


def whole(upload: Upload) -> bool:
    """Neither broken off, nor out of order, nor answered twice: not a test of the transfer."""
    if len(upload.answers) != 1:
        return False
    in_order = [item.seq for item in upload.items] == list(range(len(upload.items)))
    complete = len(upload.items) == upload.announced or upload.answers[0] not in (0, 1)
    return in_order and complete and bool(upload.items)


def item_of(sent: Any) -> MissionItem:
    scale = 1.0 if sent.frame == 2 else 1e-7
    five, six = (math.nan if v == INT32_MAX else v * scale for v in (sent.x, sent.y))
    return MissionItem(
        command=sent.command,
        frame=sent.frame,
        params=(sent.param1, sent.param2, sent.param3, sent.param4, five, six, sent.z),
    )


def fence_of(items: list[Any]) -> Fence:
    """The fence of a recording of one polygon: every vertex is in it."""
    ring = tuple(
        GeoPoint(latitude_deg=item.x * 1e-7, longitude_deg=item.y * 1e-7)
        for item in items[: int(items[0].param1)]
    )
    return Fence(polygons=(FencePolygon(ring=ring, inclusion=True),))


@pytest.mark.shared_data
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_mission_upload_is_predicted(
    name: str, shared_reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAVLINK20", "1")
    recording = shared_reference / "px4-traces" / f"{name}.gcs.tlog.xz"
    uploads = [one for one in uploads_of(recording, tmp_path) if one.kind == 0 and whole(one)]
    missed = []
    for upload in uploads:
        plan = Plan(items=tuple(map(item_of, upload.items)), home=HOME)
        if predict(plan).mission != upload.answers[0]:
            missed.append((upload.answers, predict(plan).findings))
    assert uploads
    assert missed == []


@pytest.mark.shared_data
def test_recorded_fence_polygon_of_two_points_is_predicted(
    shared_reference: Path, tmp_path: Path
) -> None:
    recording = shared_reference / "px4-traces" / "05_geofence_breach_rally_4x.gcs.tlog.xz"
    polygons = [
        one
        for one in uploads_of(recording, tmp_path)
        if one.kind == 1 and one.items and one.items[0].command == 5001
    ]
    predicted = [predict(Plan(fence=fence_of(one.items))).fence for one in polygons]
    assert predicted == [one.answers[0] for one in polygons]
    assert MissionResult.ERROR in predicted


@pytest.mark.shared_data
def test_recorded_mission_outside_its_fence_is_judged_infeasible(
    shared_reference: Path, tmp_path: Path
) -> None:
    recording = shared_reference / "px4-traces" / "05_geofence_breach_rally_4x.gcs.tlog.xz"
    uploads = uploads_of(recording, tmp_path)
    fence = fence_of(next(one.items for one in uploads if one.kind == 1 and one.announced == 4))
    mission = next(one for one in uploads if one.kind == 0 and one.announced == 2)
    answer = predict(Plan(items=tuple(map(item_of, mission.items)), home=HOME, fence=fence))
    # PX4: ACCEPTED, then "Geofence violation for waypoint 2" and no valid mission.
    assert answer.mission == mission.answers[0] == MissionResult.ACCEPTED
    assert not answer.feasible
    assert [one.item for one in answer.findings] == [1]
