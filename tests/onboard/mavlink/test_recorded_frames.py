"""Every frame that PX4 sent in the recorded flights."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pymavlink.dialects.v20 import development

from onboard.mavlink.codec import Decoder, Encoder

pytestmark = pytest.mark.shared_data

RECORDINGS = [
    "01_boot_idle_1x.api",
    "01_boot_idle_1x.gcs",
    "01_boot_idle_1x.gimbal",
    "01_boot_idle_1x.payload",
    "05_geofence_breach_rally_4x.gcs",
    "14_mission_protocol_errors_1x.gcs",
    "16_gimbal_device_camera_1x.gcs",
]
# Messages that pymavlink does not know: their seeds are ours, and PX4's frames prove them.
OURS = {
    "LINK_NODE_STATUS",
    "ESC_INFO",
    "ESC_STATUS",
    "EVENT",
    "CURRENT_EVENT_SEQUENCE",
    "ESTIMATOR_SENSOR_FUSION_STATUS",
    "TIME_ESTIMATE_TO_TARGET",
}

Frames = list[tuple[float, bytes]]


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_frame_decodes(name: str, recorded_frames: Callable[[str], Frames]) -> None:
    frames = recorded_frames(name)
    decoder = Decoder()
    assert len(decoder.feed(b"".join(frame for _, frame in frames))) == len(frames)
    assert (decoder.bad_crc, decoder.unknown, decoder.dropped_bytes) == (0, 0, 0)


def test_the_messages_that_pymavlink_lacks_are_proven_by_px4s_checksums(
    recorded_frames: Callable[[str], Frames],
) -> None:
    decoder = Decoder()
    frames = recorded_frames("01_boot_idle_1x.gcs") + recorded_frames(
        "05_geofence_breach_rally_4x.gcs"
    )
    seen = Counter(m.name for _, frame in frames for m in decoder.feed(frame))
    assert seen.keys() >= OURS


def test_a_recorded_frame_encodes_to_the_same_bytes(
    recorded_frames: Callable[[str], Frames],
) -> None:
    decoder = Decoder()
    for _, frame in recorded_frames("16_gimbal_device_camera_1x.gcs")[::7]:
        (message,) = decoder.feed(frame)
        encoder = Encoder(system_id=message.system_id, component_id=message.component_id)
        again = encoder.encode(message.name, **message.fields)
        # Everything but the number of the frame and the checksum over it.
        assert (again[1:4], again[5:-2]) == (frame[1:4], frame[5:-2])


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bytes | tuple):
        return all(map(_same, ours, theirs)) and len(ours) == len(theirs)
    if isinstance(ours, float) and math.isnan(ours):
        return math.isnan(theirs)
    return bool(ours == theirs)


def test_recorded_values_read_as_pymavlink_reads_them(
    recorded_frames: Callable[[str], Frames],
) -> None:
    decoder, link = Decoder(), development.MAVLink(None)
    known = [
        (message, frame)
        for _, frame in recorded_frames("16_gimbal_device_camera_1x.gcs")[::5]
        for message in decoder.feed(frame)
        if message.id in development.mavlink_map
    ]
    assert len(known) > 4000
    for message, frame in known:
        theirs = link.decode(bytearray(frame))
        assert [
            name
            for name in theirs.get_fieldnames()
            if not _same(message[name], getattr(theirs, name))
        ] == []
