"""From tracks and findings to the messages that leave the aircraft."""

import itertools
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.geolocate import ellipses
from onboard.geolocate.rotation import Array
from onboard.messages import (
    DecisionReport,
    Envelope,
    EventKind,
    EventReport,
    GroundPosition,
    HandoverAnswerReport,
    HandoverReport,
    PictureRef,
    PixelBox,
    StatusReport,
    TrackReport,
    TracksReport,
    ViewReport,
)
from onboard.rules import Finding
from onboard.source import Frame
from onboard.track import Track

LARGEST_BYTES = 400_000
# Shares of the width that is asked for, each with a JPEG quality: tried until one fits the link.
RUNGS = ((1.0, 82), (1.0, 65), (0.75, 70), (0.6, 62), (0.45, 60), (0.33, 55), (0.25, 45))
BOXES_AT_MOST = 200


OwnBody = (
    EventReport
    | TracksReport
    | ViewReport
    | StatusReport
    | DecisionReport
    | HandoverReport
    | HandoverAnswerReport
)


class Envelopes:
    """Gives every message of this boot its number; a boot's name is never used again."""

    def __init__(self, drone_id: str, boot_id: str | None = None) -> None:
        self._drone_id = drone_id
        self._boot_id = boot_id or f"{time.time_ns() // 1_000_000:x}{secrets.token_hex(3)}"
        self._numbers = itertools.count()

    def around(self, body: OwnBody, sent_at: datetime) -> Envelope:
        """The body with its id."""
        return Envelope(
            drone_id=self._drone_id,
            boot_id=self._boot_id,
            sequence=next(self._numbers),
            sent_at=sent_at,
            body=body,
        )


def positions(
    en_m: Array, covariances_m2: Array, *, plane: LocalPlane, ground: HeightAmsl
) -> list[GroundPosition]:
    """Places (n, 2) of the plane on the earth, each with the ellipse that holds it with 90 %."""
    return [
        GroundPosition(
            latitude_deg=round(latitude, 7),
            longitude_deg=round(longitude, 7),
            height_amsl_m=ground.m,
            ellipse=around,
        )
        for (latitude, longitude), around in zip(
            plane.geo_from_en(en_m).tolist(), ellipses(covariances_m2), strict=True
        )
    ]


def tracks_report(tracks: list[Track], *, plane: LocalPlane, ground: HeightAmsl) -> TracksReport:
    """Every track that was seen in this frame."""
    seen = [track for track in tracks if track.seen_now]
    if not seen:
        return TracksReport(tracks=())
    places = positions(
        np.array([track.en_m for track in seen]),
        np.array([track.covariance_m2 for track in seen]),
        plane=plane,
        ground=ground,
    )
    return TracksReport(
        tracks=tuple(
            TrackReport(
                track_id=track.track_id,
                object_class=track.object_class,
                confidence=_bounded(track.confidence),
                position=place,
                velocity_east_m_s=round(float(track.velocity_en_m_s[0]), 3),
                velocity_north_m_s=round(float(track.velocity_en_m_s[1]), 3),
            )
            for track, place in zip(seen, places, strict=True)
        )
    )


def event_report(
    finding: Finding,
    *,
    plane: LocalPlane,
    ground: HeightAmsl,
    boot_s: float,
    captured_at: datetime,
    picture: PictureRef | None,
    frame_id: str,
    recording_link: str | None = None,
) -> EventReport:
    """A finding as the hub is told of it."""
    (place,) = positions(
        finding.en_m[None], finding.covariance_m2[None], plane=plane, ground=ground
    )
    return EventReport(
        event_kind=finding.kind,
        rule_id=finding.rule_id,
        severity=finding.severity,
        certainty=_bounded(finding.certainty),
        position=place,
        captured_at=captured_at,
        began_at=captured_at - timedelta(seconds=max(0.0, boot_s - finding.began_s)),
        object_class=finding.object_class,
        object_count=finding.object_count,
        track_ids=tuple(track.track_id for track in finding.tracks),
        zone=finding.zone,
        explanation=finding.explanation,
        picture=picture,
        frame_id=frame_id,
        recording_link=recording_link,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture as it is sent: JPEG. `scale` is how much smaller it is than the frame."""

    content: bytes
    width_px: int
    height_px: int
    scale: float


def shown_picture(frame: Frame, *, widest_px: int, most_bytes: int = LARGEST_BYTES) -> Shown:
    """The frame as JPEG: as it came from the camera, or as small as the link asks for.

    The last rung is taken however large it is.
    """
    height_px, width_px = frame.image.shape[:2]
    scale = min(1.0, widest_px / width_px)
    if scale == 1.0 and frame.jpeg is not None and len(frame.jpeg) <= most_bytes:
        return Shown(content=frame.jpeg, width_px=width_px, height_px=height_px, scale=1.0)
    for share, quality in RUNGS:
        shown = _coded(frame, scale * share, quality)
        if len(shown.content) <= most_bytes:
            break
    return shown


def _coded(frame: Frame, scale: float, quality: int) -> Shown:
    height_px, width_px = frame.image.shape[:2]
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    smaller = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    _, coded = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return Shown(content=coded.tobytes(), width_px=size[0], height_px=size[1], scale=scale)


def picture_ref(sha256: str, shown: Shown, finding: Finding, tracks: list[Track]) -> PictureRef:
    """What the picture shows where: the finding's objects, and with a sighting everything seen."""
    boxed = list(finding.tracks)
    if finding.kind is EventKind.SIGHTING:
        known = {track.track_id for track in boxed}
        boxed += [track for track in tracks if track.track_id not in known]
    boxes = tuple(_box(track, shown.scale) for track in boxed if track.box is not None)
    return PictureRef(
        sha256=sha256,
        width_px=shown.width_px,
        height_px=shown.height_px,
        boxes=boxes[:BOXES_AT_MOST],
    )


def _box(track: Track, scale: float) -> PixelBox:
    assert track.box is not None
    left, top, right, bottom = (scale * edge for edge in track.box)
    return PixelBox(
        left_px=round(left, 1),
        top_px=round(top, 1),
        width_px=round(max(0.0, right - left), 1),
        height_px=round(max(0.0, bottom - top), 1),
        object_class=track.object_class,
        confidence=_bounded(track.confidence),
        track_id=track.track_id,
    )


def _bounded(certainty: float) -> float:
    return round(min(1.0, max(0.0, certainty)), 3)
