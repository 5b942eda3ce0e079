"""Packets of ST 0601 with targets of ST 0903 for the instants of a flight: what a viewer draws.

The pose is the calibrated one. Where the telemetry tells nothing of the airframe, it is taken as
level and headed as the camera looks: together with the sensor's angles the attitude is right.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.ground import Outcome
from onboard.geolocate.rotation import (
    Array,
    R_forward_from_camera,
    matrix_from_quaternion,
    quaternion_from_euler,
)
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.surface import meet
from onboard.georeference.flight_view import FlightView
from onboard.georeference.job import Georeferencing, Placed
from onboard.telemetry.misb.datalink import packet_bytes
from onboard.telemetry.misb.security import unclassified
from onboard.telemetry.misb.tags import Value
from onboard.telemetry.misb.targets import Target, TargetFrame, targets_bytes, track_uuid

CORNERS = (1, 2, 3, 4)
WIDEST_M = 10_000.0
# Beyond these a packet tells the whole-range items instead.
PITCH_DEG, ROLL_DEG = 20.0, 50.0
OFFSET_DEG = 0.075


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What a packet says that no telemetry knows; `started_at` is the telemetry's time zero."""

    started_at: datetime
    camera: str
    platform: str = "Qyran"
    mission: str = "Qyran"
    country: str = "KAZ"
    geoid_undulation_m: float | None = None


class MotionImagery:
    """Packets of one flight."""

    def __init__(self, view: FlightView, job: Georeferencing, naming: Naming) -> None:
        self._view, self._job, self._naming = view, job, naming
        self._numbers: dict[str, int] = {}

    def packet(self, t_s: float, answers: Sequence[Placed] = ()) -> bytes | None:
        """The packet of an instant with the targets that are seen then; None without a pose."""
        sightline = self._view.sightline(t_s)
        if sightline is None:
            return None
        errors = self._job.belief(t_s, sightline).mean
        camera = sightline.camera.zoomed(math.exp(errors[3]))
        naming = self._naming
        at = naming.started_at + timedelta(seconds=t_s)
        values: dict[str, Value] = {
            "time_us": round(at.timestamp() * 1e6),
            "mission_id": naming.mission,
            "platform_designation": naming.platform,
            "image_source_sensor": naming.camera,
            "image_coordinate_system": "Geodetic WGS84",
            "security": unclassified(naming.country),
            "horizontal_field_of_view_deg": _field_of_view(camera.width_px, camera.focal_x_px),
            "vertical_field_of_view_deg": _field_of_view(camera.height_px, camera.focal_y_px),
        }
        values |= self._where(sightline, errors)
        values |= self._attitude(t_s, sightline, errors)
        values |= self._ground(sightline, errors)
        seen = self._targets(answers, camera, values)
        return packet_bytes(values | ({} if seen is None else {"vmti": targets_bytes(seen)}))

    def _where(self, sightline: Sightline, errors: Array) -> dict[str, Value]:
        latitude, longitude, height = self._view.frame.geodetic(sightline.origins(errors))
        values: dict[str, Value] = {
            "sensor_latitude_deg": float(latitude),
            "sensor_longitude_deg": float(longitude),
            "sensor_height_amsl_m": float(height),
        }
        if self._naming.geoid_undulation_m is not None:
            above = float(height) + self._naming.geoid_undulation_m
            values["sensor_height_above_ellipsoid_m"] = above
            values["sensor_height_above_ellipsoid_extended_m"] = above
        return values

    def _attitude(self, t_s: float, sightline: Sightline, errors: Array) -> dict[str, Value]:
        """The platform's angles as logged, and the sensor's against it."""
        R_ned_from_camera = sightline.R_enu_from_ned.T @ sightline.attitude(errors)
        R_ned_from_sensor = R_ned_from_camera @ R_forward_from_camera.T
        heading, pitch, roll = self._body(t_s, R_ned_from_sensor)
        q_body = quaternion_from_euler(roll_rad=roll, pitch_rad=pitch, yaw_rad=heading)
        azimuth, elevation, turn = _euler(matrix_from_quaternion(q_body).T @ R_ned_from_sensor)
        full = abs(math.degrees(pitch)) > PITCH_DEG or abs(math.degrees(roll)) > ROLL_DEG
        names = ("platform_pitch_full_deg", "platform_roll_full_deg")
        names = names if full else ("platform_pitch_deg", "platform_roll_deg")
        return {
            "platform_heading_deg": _all_round(heading),
            names[0]: math.degrees(pitch),
            names[1]: math.degrees(roll),
            "sensor_relative_azimuth_deg": _all_round(azimuth),
            "sensor_relative_elevation_deg": math.degrees(elevation),
            "sensor_relative_roll_deg": _all_round(turn),
        }

    def _body(self, t_s: float, R_ned_from_sensor: Array) -> tuple[float, float, float]:
        q = self._view.airframe(t_s)
        if q is None:
            return _euler(R_ned_from_sensor)[0], 0.0, 0.0
        heading, pitch, roll = _euler(matrix_from_quaternion(q))
        # Upside down is outside what ST 0601 can tell of a platform.
        return heading, pitch, max(-0.5 * math.pi, min(0.5 * math.pi, roll))

    def _ground(self, sightline: Sightline, errors: Array) -> dict[str, Value]:
        """Frame centre, slant range, width and corners, as far as the frame sees ground."""
        places, distances = self._met(sightline, errors)
        values: dict[str, Value] = {}
        centre = places[0]
        if centre is None:
            return values
        values["slant_range_m"] = distances[0]
        values["frame_centre_latitude_deg"], values["frame_centre_longitude_deg"] = centre[:2]
        values["frame_centre_height_amsl_m"] = centre[2]
        left, right = places[1], places[2]
        if left is not None and right is not None:
            width_m = float(np.linalg.norm(self._enu(left) - self._enu(right)))
            name = "target_width_m" if width_m <= WIDEST_M else "target_width_extended_m"
            values[name] = width_m
        corners = [place for place in places[3:] if place is not None]
        if len(corners) == len(CORNERS):
            values |= _corners(corners, centre)
        return values

    def _met(
        self, sightline: Sightline, errors: Array
    ) -> tuple[list[tuple[float, float, float] | None], list[float]]:
        """Where the frame's centre, sides and corners meet ground, and how far away."""
        camera = sightline.camera
        middle = ((camera.width_px - 1) / 2.0, (camera.height_px - 1) / 2.0)
        sides = ((0.0, middle[1]), (camera.width_px - 1.0, middle[1]))
        pixels = np.vstack((middle, *sides, camera.edge_pixels()))
        origin = sightline.origins(errors)
        rays = sightline.directions(pixels, np.broadcast_to(errors, (len(pixels), len(errors))))
        distance, outcome = meet(
            origin,
            rays,
            surface=self._view.surface,
            frame=self._view.frame,
            lift_m=np.zeros(len(pixels)),
        )
        told = self._view.frame.geodetic(origin + rays * distance[:, None])
        rows = np.column_stack(told).tolist()
        return [
            (row[0], row[1], row[2]) if hit == Outcome.HIT else None
            for row, hit in zip(rows, outcome, strict=True)
        ], distance.tolist()

    def _enu(self, place: tuple[float, float, float]) -> Array:
        return self._view.frame.enu(np.array(place[0]), np.array(place[1]), np.array(place[2]))

    def _targets(
        self, answers: Sequence[Placed], camera: CameraGeometry, values: Mapping[str, Value]
    ) -> TargetFrame | None:
        placed = [each for each in answers if each.outcome == "hit"]
        if not placed:
            return None
        latitude = values.get("frame_centre_latitude_deg")
        longitude = values.get("frame_centre_longitude_deg")
        centre = None
        if isinstance(latitude, float) and isinstance(longitude, float):
            centre = (latitude, longitude)
        return TargetFrame(
            width_px=camera.width_px,
            height_px=camera.height_px,
            targets=[self._target(each, camera) for each in placed],
            centre_deg=centre,
        )

    def _target(self, answer: Placed, camera: CameraGeometry) -> Target:
        asked, covariance = answer.asked, answer.covariance_m2
        east, north = math.sqrt(covariance[0, 0]), math.sqrt(covariance[1, 1])
        undulation = self._naming.geoid_undulation_m
        velocity = None
        if answer.speed_m_s is not None and answer.course_rad is not None:
            course, speed = answer.course_rad, answer.speed_m_s
            velocity = (speed * math.sin(course), speed * math.cos(course), 0.0)
        return Target(
            number=self._number(asked.thing),
            pixel=_within(asked.pixel, camera),
            confidence=asked.confidence,
            latitude_deg=answer.latitude_deg,
            longitude_deg=answer.longitude_deg,
            height_above_ellipsoid_m=(
                math.nan if undulation is None else answer.height_amsl_m + undulation
            ),
            sigmas_m=(min(east, 650.0), min(north, 650.0), math.nan),
            rho_east_north=float(covariance[0, 1]) / max(east * north, 1e-12),
            object_class=asked.object_class,
            track=None if asked.thing is None else track_uuid(asked.thing),
            velocity_m_s=velocity,
        )

    def _number(self, thing: str | None) -> int:
        """A thing keeps its number; what has no name gets a new one."""
        name = f"\0{len(self._numbers)}" if thing is None else thing
        return self._numbers.setdefault(name, len(self._numbers) + 1)


def _within(pixel: tuple[float, float], camera: CameraGeometry) -> tuple[int, int]:
    """The nearest pixel that the frame has."""
    column = min(max(round(pixel[0]), 0), camera.width_px - 1)
    row = min(max(round(pixel[1]), 0), camera.height_px - 1)
    return column, row


def _corners(
    corners: Sequence[tuple[float, float, float]], centre: tuple[float, float, float]
) -> dict[str, Value]:
    """Whole corners, and as offsets from the centre where those can tell them."""
    values: dict[str, Value] = {}
    offsets: dict[str, Value] = {}
    for number, (latitude, longitude, _) in zip(CORNERS, corners, strict=True):
        values[f"corner_{number}_latitude_deg"] = latitude
        values[f"corner_{number}_longitude_deg"] = longitude
        offsets[f"corner_{number}_latitude_offset_deg"] = latitude - centre[0]
        offsets[f"corner_{number}_longitude_offset_deg"] = longitude - centre[1]
    near = all(isinstance(each, float) and abs(each) <= OFFSET_DEG for each in offsets.values())
    return values | (offsets if near else {})


def _all_round(angle_rad: float) -> float:
    """Degrees from 0 up to 360, which a rounding error never reaches."""
    return round(math.degrees(angle_rad), 9) % 360.0


def _field_of_view(size_px: int, focal_px: float) -> float:
    return math.degrees(2.0 * math.atan(size_px / (2.0 * focal_px)))


def _euler(R: Array) -> tuple[float, float, float]:
    """Yaw, pitch and roll about the moving axes; all of the turn is yaw where pitch is upright."""
    pitch = math.asin(max(-1.0, min(1.0, -R[2, 0])))
    if abs(R[2, 0]) > 1.0 - 1e-12:
        return math.atan2(-R[0, 1], R[1, 1]), pitch, 0.0
    return math.atan2(R[1, 0], R[0, 0]), pitch, math.atan2(R[2, 1], R[2, 2])
