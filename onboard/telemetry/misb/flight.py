"""A flight from motion imagery metadata: MISB ST 0601 in a transport stream or as bare KLV.

The camera's attitude is the platform's (heading, pitch, roll) and then the sensor's against it
(azimuth, elevation, roll), each about moving axes (ST 0601, 8.18 to 8.20).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveEllipsoid, HeightAmsl
from onboard.geolocate.mounting import GimbalFrame, q_ned_from_gimbal
from onboard.geolocate.rotation import Quaternion, quaternion_from_euler
from onboard.telemetry.flight_log import FlightLog, Height, LoggedPose
from onboard.telemetry.misb.datalink import Packet
from onboard.telemetry.misb.video_stream import StreamedPacket, VideoStream, times_in_video

PIECE_BYTES = 1 << 20
BARE_SUFFIX = ".klv"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_US = 4_102_444_800_000_000


def read_misb(path: Path) -> FlightLog:
    """The flight of a .ts, .m2ts, .mpg or .klv file; what was lost or damaged is in its notes.

    Raises:
        BadInput: the file cannot be read, or no packet in it has a position.
    """
    stream = opened(path)
    packets: list[StreamedPacket] = []
    for piece in pieces(path):
        packets += stream.feed(piece)
    packets += stream.close()
    log = flight_of(packets, stream, path.name)
    if log is None:
        what = "; ".join(notes_of(stream)) or "no metadata in it"
        raise BadInput(where=str(path), what=f"no packet of ST 0601 with a position: {what}")
    return log


def opened(path: Path) -> VideoStream:
    """A reader for what the file's name tells: bare KLV, else a transport stream."""
    return VideoStream(transport=path.suffix.lower() != BARE_SUFFIX)


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, a mebibyte at a time.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    except OSError as error:
        raise place_of(error, str(path)) from error


def flight_of(
    packets: Sequence[StreamedPacket], stream: VideoStream, name: str
) -> FlightLog | None:
    """The flight of packets in the order they came; None where none has a position."""
    poses: list[LoggedPose] = []
    without_position, earlier = 0, 0
    field_of_view: float | None = None
    times = times_in_video(packets, stream.first_picture_s) if packets else []
    for entry, (each, t_s) in enumerate(zip(packets, times, strict=True), start=1):
        # What changes rarely is sent rarely: the last one holds.
        told = _radians(each.packet, "horizontal_field_of_view_deg")
        field_of_view = told or field_of_view
        position = _position(each.packet)
        if position is None or t_s is None:
            without_position += 1
        elif poses and t_s <= poses[-1].t_s:
            earlier += 1
        else:
            pose = _pose(each.packet, t_s, entry, position)
            poses.append(replace(pose, horizontal_field_of_view_rad=field_of_view))
    if not poses:
        return None
    counted = (
        (without_position, "packets without a position"),
        (earlier, "packets not later than the one before them"),
    )
    notes = notes_of(stream) + [f"{count} {what}" for count, what in counted if count]
    return FlightLog(name=name, dialect="ST 0601", poses=tuple(poses), notes=tuple(notes))


def notes_of(stream: VideoStream) -> list[str]:
    """What a person should know of a stream: what was lost and what was damaged, counted."""
    klv, transport = stream.klv, stream.transport
    counted = [
        (klv.wrong_checksum, "packets with a wrong checksum"),
        (klv.malformed, "malformed packets"),
        (klv.skipped_bytes, "bytes of metadata that belong to no packet"),
    ]
    if transport is not None:
        counted += [
            (transport.gaps, "gaps in the transport stream"),
            (transport.damaged, "damaged transport packets"),
            (transport.scrambled, "scrambled transport packets"),
            (transport.broken_tables, "broken tables"),
            (transport.before_tables, "transport packets before the first table"),
            (transport.cut_units + transport.malformed_units, "units cut short or malformed"),
            (transport.skipped_bytes, "bytes outside transport packets"),
        ]
    return [f"{count} {what}" for count, what in counted if count]


def _pose(packet: Packet, t_s: float, entry: int, position: GeoPoint) -> LoggedPose:
    body = _body(packet)
    return LoggedPose(
        t_s=t_s,
        entry=entry,
        position=position,
        height=_height(packet),
        q_ned_from_gimbal=None if body is None else _camera(packet, body),
        q_ned_from_body=body,
        captured_at=_utc(packet),
    )


def _position(packet: Packet) -> GeoPoint | None:
    latitude = packet.number("sensor_latitude_deg")
    longitude = packet.number("sensor_longitude_deg")
    if latitude is None or longitude is None:
        return None
    return GeoPoint(latitude_deg=latitude, longitude_deg=longitude)


def _height(packet: Packet) -> Height | None:
    """Above sea level, which every packet should tell; else above the ellipsoid."""
    amsl = packet.number("sensor_height_amsl_m")
    if amsl is not None:
        return HeightAmsl(amsl)
    for name in ("sensor_height_above_ellipsoid_extended_m", "sensor_height_above_ellipsoid_m"):
        height = packet.number(name)
        if height is not None:
            return HeightAboveEllipsoid(height)
    return None


def _body(packet: Packet) -> Quaternion | None:
    heading = _radians(packet, "platform_heading_deg")
    pitch = _radians(packet, "platform_pitch_full_deg", "platform_pitch_deg")
    roll = _radians(packet, "platform_roll_full_deg", "platform_roll_deg")
    if heading is None or pitch is None or roll is None:
        return None
    return quaternion_from_euler(roll_rad=roll, pitch_rad=pitch, yaw_rad=heading)


def _camera(packet: Packet, q_ned_from_body: Quaternion) -> Quaternion | None:
    azimuth = _radians(packet, "sensor_relative_azimuth_deg")
    elevation = _radians(packet, "sensor_relative_elevation_deg")
    if azimuth is None or elevation is None:
        return None
    roll = _radians(packet, "sensor_relative_roll_deg") or 0.0
    relative = quaternion_from_euler(roll_rad=roll, pitch_rad=elevation, yaw_rad=azimuth)
    return q_ned_from_gimbal(
        relative, told_against=GimbalFrame.BODY, q_ned_from_body=q_ned_from_body
    )


def _radians(packet: Packet, *names: str) -> float | None:
    """The first of some angles that the packet tells."""
    told = (packet.number(name) for name in names)
    degrees = next((value for value in told if value is not None), None)
    return None if degrees is None else math.radians(degrees)


def _utc(packet: Packet) -> datetime | None:
    """The time stamp; None where the sender's clock was not set, or is past belief."""
    if not 0 < packet.time_us < LATEST_US:
        return None
    return EPOCH + timedelta(microseconds=packet.time_us)
