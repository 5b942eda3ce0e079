"""Moving targets within a packet (MISB ST 0903.5, VMTI): detections with place, errors and track.

Numbers are IMAPB, as in all versions since 0903.4; sets of older versions are refused.
"""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onboard.telemetry.misb.datalink import Packet
from onboard.telemetry.misb.imapb import from_imapb, imapb
from onboard.telemetry.misb.klv import (
    KlvFault,
    items,
    length_bytes,
    set_bytes,
    tag_at,
    tag_bytes,
    uint_bytes,
    value_at,
)

VERSION = 5
OLDEST_VERSION = 4
VERSION_TAG, TOTAL, REPORTED, FRAME, WIDTH, HEIGHT, SERIES = 4, 5, 6, 7, 8, 9, 101
CENTROID, TOP_LEFT, BOTTOM_RIGHT, CONFIDENCE = 1, 2, 3, 5
OFFSET_LATITUDE, OFFSET_LONGITUDE, HEIGHT_HAE, LOCATION = 10, 11, 12, 17
ROW, COLUMN, OBJECT, TRACKER = 19, 20, 102, 104
ONTOLOGY_CLASS = 2
TRACK_ID, STATUS, VELOCITY = 1, 2, 10
ACTIVE = 1
# Identifiers of tracks are made from their names, so that the same name is the same track.
NAMES = uuid.UUID("5b0f3f7e-6d0c-5d8e-9c55-6b3a3f0f7a11")
SIGMA = (0.0, 650.0, 2)
RHO = (-1.0, 1.0, 2)
PLACE = ((-90.0, 90.0, 4), (-180.0, 180.0, 4), (-900.0, 19_000.0, 2))
SPEED = (-900.0, 900.0, 2)
OFFSET = (-19.2, 19.2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target of one frame; what is not told is None.

    `pixel` and `box` (left, top, right, bottom) count from 0 at the upper left. Sigmas are of east,
    north and up, metres; `rho_east_north` their correlation. `height_above_ellipsoid_m` and `up`
    are NaN where not known. `velocity_m_s` is east, north, up.
    """

    number: int
    pixel: tuple[int, int]
    box: tuple[int, int, int, int] | None = None
    confidence: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    height_above_ellipsoid_m: float = math.nan
    sigmas_m: tuple[float, float, float] | None = None
    rho_east_north: float = 0.0
    object_class: str | None = None
    track: uuid.UUID | None = None
    velocity_m_s: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFrame:
    """The targets of one frame of a picture `width_px` by `height_px`."""

    width_px: int
    height_px: int
    targets: Sequence[Target]
    frame: int | None = None
    centre_deg: tuple[float, float] | None = None


def track_uuid(name: str) -> uuid.UUID:
    """A track's identifier, always the same for one name."""
    return uuid.uuid5(NAMES, name)


def targets_bytes(seen: TargetFrame) -> bytes:
    """A VMTI local set, to stand within a packet of ST 0601.

    `centre_deg` is the packet's frame centre: places are told from there too, for readers that
    know no other way.
    """
    count = uint_bytes(len(seen.targets))
    packs = [_pack(each, seen) for each in seen.targets]
    series = b"".join(length_bytes(len(pack)) + pack for pack in packs)
    frame = () if seen.frame is None else ((FRAME, uint_bytes(seen.frame)),)
    return set_bytes(
        (
            (VERSION_TAG, bytes([VERSION])),
            (TOTAL, count),
            (REPORTED, count),
            *frame,
            (WIDTH, uint_bytes(seen.width_px)),
            (HEIGHT, uint_bytes(seen.height_px)),
            (SERIES, series),
        )
    )


def read_targets(data: bytes, centre_deg: tuple[float, float] | None = None) -> TargetFrame:
    """The targets of a VMTI local set; `centre_deg` is the frame centre of the packet around it.

    Raises:
        KlvFault: it is cut, of a version with other numbers, or has no frame width.
    """
    told = dict(items(data))
    version = _uint(told, VERSION_TAG)
    if version is not None and version < OLDEST_VERSION:
        raise KlvFault(f"targets of ST 0903.{version}")
    width, height = _uint(told, WIDTH), _uint(told, HEIGHT)
    if not width:
        raise KlvFault("targets without the width of their frame")
    targets, series, at = [], told.get(SERIES, b""), 0
    while at < len(series):
        pack, at = value_at(series, at)
        targets.append(_read_pack(pack, width, centre_deg))
    return TargetFrame(
        width_px=width,
        height_px=height or 0,
        targets=targets,
        frame=_uint(told, FRAME),
        centre_deg=centre_deg,
    )


def targets_of(packet: Packet) -> TargetFrame:
    """The targets within a packet.

    Raises:
        KlvFault: it has none, or they cannot be read.
    """
    data = packet.values.get("vmti")
    if not isinstance(data, bytes):
        raise KlvFault("no targets")
    latitude = packet.number("frame_centre_latitude_deg")
    longitude = packet.number("frame_centre_longitude_deg")
    if latitude is None or longitude is None:
        return read_targets(data)
    return read_targets(data, (latitude, longitude))


def _pack(target: Target, seen: TargetFrame) -> bytes:
    column, row = target.pixel
    values = {
        CENTROID: _pixel_number(target.pixel, seen.width_px),
        ROW: uint_bytes(row + 1),
        COLUMN: uint_bytes(column + 1),
    }
    if target.box is not None:
        left, top, right, bottom = target.box
        values[TOP_LEFT] = _pixel_number((left, top), seen.width_px)
        values[BOTTOM_RIGHT] = _pixel_number((right, bottom), seen.width_px)
    if target.confidence is not None:
        values[CONFIDENCE] = bytes([round(100.0 * min(1.0, max(0.0, target.confidence)))])
    values |= _place_values(target, seen.centre_deg)
    if target.object_class is not None:
        values[OBJECT] = set_bytes(((ONTOLOGY_CLASS, target.object_class.encode()),))
    if target.track is not None:
        values[TRACKER] = _tracker(target, target.track)
    return tag_bytes(target.number) + set_bytes(sorted(values.items()))


def _place_values(target: Target, centre_deg: tuple[float, float] | None) -> dict[int, bytes]:
    if target.latitude_deg is None or target.longitude_deg is None:
        return {}
    place = (target.latitude_deg, target.longitude_deg, target.height_above_ellipsoid_m)
    told = _numbers(place, PLACE)
    if target.sigmas_m is not None:
        told += _numbers(target.sigmas_m, (SIGMA,) * 3)
        told += _numbers((target.rho_east_north, 0.0, 0.0), (RHO,) * 3)
    values = {LOCATION: told}
    if not math.isnan(target.height_above_ellipsoid_m):
        values[HEIGHT_HAE] = imapb(target.height_above_ellipsoid_m, *PLACE[2])
    if centre_deg is not None:
        values[OFFSET_LATITUDE] = imapb(place[0] - centre_deg[0], *OFFSET)
        values[OFFSET_LONGITUDE] = imapb(_turn(place[1] - centre_deg[1]), *OFFSET)
    return values


def _tracker(target: Target, track: uuid.UUID) -> bytes:
    velocity: tuple[tuple[int, bytes], ...] = ()
    if target.velocity_m_s is not None:
        velocity = ((VELOCITY, _numbers(target.velocity_m_s, (SPEED,) * 3)),)
    return set_bytes(((TRACK_ID, track.bytes), (STATUS, bytes([ACTIVE])), *velocity))


def _read_pack(pack: bytes, width_px: int, centre_deg: tuple[float, float] | None) -> Target:
    number, at = tag_at(pack, 0)
    values = dict(items(pack[at:]))
    location = values.get(LOCATION, b"")
    place = _read_numbers(location[:10], PLACE)
    sigmas = _read_numbers(location[10:16], (SIGMA,) * 3)
    rho = _read_numbers(location[16:22], (RHO,) * 3)
    latitude, longitude, height = place or _by_offset(values, centre_deg)
    row, column = _uint(values, ROW), _uint(values, COLUMN)
    pixel = _pixel(values, CENTROID, width_px)
    if row is not None and column is not None:
        pixel = (column - 1, row - 1)
    corners = _pixel(values, TOP_LEFT, width_px), _pixel(values, BOTTOM_RIGHT, width_px)
    confidence = _uint(values, CONFIDENCE)
    tracker = dict(items(values.get(TRACKER, b"")))
    named = dict(items(values.get(OBJECT, b""))).get(ONTOLOGY_CLASS)
    return Target(
        number=number,
        pixel=pixel or (0, 0),
        box=None if corners[0] is None or corners[1] is None else corners[0] + corners[1],
        confidence=None if confidence is None else confidence / 100.0,
        latitude_deg=latitude,
        longitude_deg=longitude,
        height_above_ellipsoid_m=math.nan if height is None else height,
        sigmas_m=sigmas,
        rho_east_north=rho[0] if rho else 0.0,
        object_class=None if named is None else named.decode("utf-8", errors="replace"),
        track=_read_uuid(tracker.get(TRACK_ID, b"")),
        velocity_m_s=_read_numbers(tracker.get(VELOCITY, b"")[:6], (SPEED,) * 3),
    )


def _by_offset(
    values: Mapping[int, bytes], centre_deg: tuple[float, float] | None
) -> tuple[float | None, float | None, float | None]:
    """A place that is told from the frame's centre."""
    height = from_imapb(values[HEIGHT_HAE], *PLACE[2][:2]) if HEIGHT_HAE in values else None
    if centre_deg is None or OFFSET_LATITUDE not in values or OFFSET_LONGITUDE not in values:
        return None, None, height
    north = from_imapb(values[OFFSET_LATITUDE], *OFFSET[:2])
    east = from_imapb(values[OFFSET_LONGITUDE], *OFFSET[:2])
    if not math.isfinite(north) or not math.isfinite(east):
        return None, None, height
    return centre_deg[0] + north, _turn(centre_deg[1] + east), height


Range = tuple[float, float, int]


def _numbers(values: Sequence[float], ranges: Sequence[Range]) -> bytes:
    return b"".join(imapb(value, *each) for value, each in zip(values, ranges, strict=True))


def _read_numbers(data: bytes, ranges: Sequence[Range]) -> tuple[float, float, float] | None:
    """Three numbers that stand behind one another; None where they do not."""
    if len(data) != sum(length for _, _, length in ranges):
        return None
    values, at = [], 0
    for low, high, length in ranges:
        values.append(from_imapb(data[at : at + length], low, high))
        at += length
    return values[0], values[1], values[2]


def _uint(values: Mapping[int, bytes], tag: int) -> int | None:
    return int.from_bytes(values[tag], "big") if tag in values else None


def _pixel_number(pixel: tuple[int, int], width_px: int) -> bytes:
    """Counted from 1 at the upper left, row by row."""
    return uint_bytes(pixel[0] + 1 + pixel[1] * width_px)


def _pixel(values: Mapping[int, bytes], tag: int, width_px: int) -> tuple[int, int] | None:
    number = _uint(values, tag)
    return None if not number else ((number - 1) % width_px, (number - 1) // width_px)


def _read_uuid(data: bytes) -> uuid.UUID | None:
    return uuid.UUID(bytes=data) if len(data) == 16 else None


def _turn(longitude_deg: float) -> float:
    return (longitude_deg + 180.0) % 360.0 - 180.0
