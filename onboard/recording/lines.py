"""What is recorded beside the pictures: where the camera was, and what was followed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.geolocate import CameraPose
from onboard.track import Track
from onboard.track.files import tracks_data


def seen_line(
    frame_id: str,
    boot_s: float,
    captured_at: datetime,
    *,
    pose: CameraPose,
    tracks: Sequence[Track],
    plane: LocalPlane,
) -> dict[str, Any]:
    """A frame that was looked at; `tracks` are as in a tracks file, on the plane of `origin`."""
    datum = "amsl" if isinstance(pose.height, HeightAmsl) else "above_ground"
    return {
        "kind": "seen",
        "frame_id": frame_id,
        "boot_s": boot_s,
        "captured_at": captured_at.isoformat(),
        "pose": {
            "latitude_deg": pose.position.latitude_deg,
            "longitude_deg": pose.position.longitude_deg,
            f"height_{datum}_m": pose.height.m,
            "q_ned_from_gimbal": list(pose.q_ned_from_gimbal),
        },
        "origin": [plane.origin.latitude_deg, plane.origin.longitude_deg],
        "tracks": tracks_data(tracks),
    }
