"""A sample flight, and recorded readings of parsers that nobody here wrote.

The origin of what is recorded stands in its file.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from onboard.telemetry.misb.datalink import packet_bytes
from onboard.telemetry.misb.security import unclassified
from onboard.telemetry.misb.tags import Value
from onboard.telemetry.misb.targets import Target, TargetFrame, targets_bytes, track_uuid

RECORDED = Path(__file__).parent / "recorded"
CENTRE = (44.8507763, 65.5106515)
VALUES: dict[str, Value] = {
    "time_us": 1_795_428_000_500_000,
    "mission_id": "Kyzylorda 7",
    "platform_heading_deg": 31.25,
    "platform_pitch_deg": -4.5,
    "platform_roll_deg": 12.75,
    "platform_designation": "Qyran",
    "image_source_sensor": "EO",
    "image_coordinate_system": "Geodetic WGS84",
    "sensor_latitude_deg": 44.8500051,
    "sensor_longitude_deg": 65.5100123,
    "sensor_height_amsl_m": 231.5,
    "horizontal_field_of_view_deg": 60.0,
    "vertical_field_of_view_deg": 36.0,
    "sensor_relative_azimuth_deg": 350.5,
    "sensor_relative_elevation_deg": -41.25,
    "sensor_relative_roll_deg": 12.0,
    "slant_range_m": 141.4,
    "target_width_m": 162.8,
    "frame_centre_latitude_deg": CENTRE[0],
    "frame_centre_longitude_deg": CENTRE[1],
    "frame_centre_height_amsl_m": 131.5,
    "corner_1_latitude_deg": 44.8526,
    "corner_1_longitude_deg": 65.5101,
    "security": unclassified("KAZ"),
}
TARGETS = (
    Target(
        number=1,
        pixel=(1152, 640),
        confidence=0.83,
        latitude_deg=44.8507991,
        longitude_deg=65.5106,
        height_above_ellipsoid_m=96.5,
        sigmas_m=(4.375, 3.875, math.nan),
        rho_east_north=-0.2,
        object_class="car",
        track=track_uuid("7"),
        velocity_m_s=(7.25, -3.4375, 0.0),
    ),
    Target(
        number=300,
        pixel=(55, 100),
        box=(50, 90, 60, 110),
        confidence=0.4,
        latitude_deg=44.8511586,
        longitude_deg=65.5101277,
        sigmas_m=(5.875, 4.375, math.nan),
        rho_east_north=0.03,
        object_class="person",
        track=track_uuid("8"),
        velocity_m_s=(-1.0, 0.5, 0.0),
    ),
)
SEEN = TargetFrame(width_px=1920, height_px=1080, targets=TARGETS, centre_deg=CENTRE)


@dataclass(frozen=True)
class Sample:
    """A packet with two targets, as a flight would write it, and what went into it."""

    values: Mapping[str, Value]
    seen: TargetFrame
    packet: bytes


@pytest.fixture(scope="session")
def sample() -> Sample:
    """The packet."""
    return Sample(VALUES, SEEN, packet_bytes({**VALUES, "vmti": targets_bytes(SEEN)}))


@pytest.fixture(scope="session")
def packets() -> Callable[[int], list[bytes]]:
    """So many packets of a camera that flies north, ten a second."""
    return _packets


def _packets(count: int) -> list[bytes]:
    begin_us = 1_795_428_000_000_000
    return [
        packet_bytes(
            {
                **VALUES,
                "time_us": begin_us + index * 100_000,
                "sensor_latitude_deg": 44.85 + index * 1e-6,
            }
        )
        for index in range(count)
    ]


@pytest.fixture(scope="session")
def readings() -> dict[str, Any]:
    """Published vectors, and what klvdata and jmisb read in the sample packet."""
    return dict(json.loads((RECORDED / "readings.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder: a video coded by x264 (`flight.mp4`), a stream by FFmpeg (`by_ffmpeg.ts`)."""
    return RECORDED
