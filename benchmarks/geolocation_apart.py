"""How far off places are where the errors are made apart from the calibration that meets them."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.geolocation_flights import (
    FIELD_OF_VIEW_DEG,
    ROWS_PX,
    WIDTH_PX,
    Array,
    Flight,
    Told,
)
from benchmarks.report import Row, Table, told
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors, locate
from onboard.geolocate.adjustment import Anchor, Glimpse, Sighting
from onboard.geolocate.calibration import calibrate
from onboard.geolocate.calibration_settings import CalibrationSettings
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.error_budget import known_budgets
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.live_calibration import LiveCalibration
from onboard.geolocate.placing import place_pixels
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.standing import Followed, KnownLandmark
from onboard.geolocate.surface import LevelGround

FRAMES_HZ, SECONDS, JUDGED_FROM_S, JUDGED_EVERY_S = 1.0, 60.0, 30.0, 3.0
TARGETS = 3
BOX_PX, BOX_OFF_PX, RELIEF_M = 1.5, 1.5, 0.2
IN_90 = 4.605
CREEP_M_S, CREEP_FROM_S = 0.3, 15.0
ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
EARTH = EarthFrame(ORIGIN)
SEA = HeightAmsl(0.0)
CAMERA = CameraGeometry.of_field_of_view(
    width_px=WIDTH_PX,
    height_px=ROWS_PX,
    horizontal_field_of_view_rad=math.radians(FIELD_OF_VIEW_DEG),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What stands below, and how the flight is calibrated: not, live, or at its end."""

    name: str
    parked: int = 0
    landmarks: int = 0
    creeping: int = 0
    how: str = "live"
    goal_m: str = "<= 5"


CASES = (
    Case(name="uncalibrated", how="not", goal_m="(anchor 11.1)"),
    Case(name="in flight: six parked objects", parked=6),
    Case(name="in flight: six, one of which drives off", parked=6, creeping=1),
    Case(name="in flight: six and two landmarks", parked=6, landmarks=2),
    Case(name="at the end: six parked objects", parked=6, how="after"),
    Case(name="at the end: four landmarks", landmarks=4, how="after"),
)


@dataclass(slots=True)
class Judged:
    """Errors (m) of places, and their squared distances in standard deviations."""

    off_m: list[float] = field(default_factory=list)
    far: list[float] = field(default_factory=list)

    def add(self, found_m: Array, covariance_m2: Array, truth_m: Array) -> None:
        """Places (n, 2) with covariances (n, 2, 2)."""
        off = found_m - truth_m
        scaled = np.linalg.solve(covariance_m2, off[..., None])[..., 0]
        self.off_m += np.hypot(*off.T).tolist()
        self.far += (off * scaled).sum(axis=1).tolist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One filmed frame: what is told, the pixels of what stands there, and of the things judged."""

    told: Told
    fixed_px: Array
    target_px: Array
    target_m: Array

    @property
    def judged(self) -> bool:
        """Whether it counts."""
        return self.told.t_s >= JUDGED_FROM_S and self.told.t_s % JUDGED_EVERY_S == 0.0


def table(flights: int, rng: np.random.Generator) -> Table:
    """A row for each way."""
    rows = [_row(case, flights, rng) for case in CASES]
    return Table(title="Errors made apart from the calibration, from the same height", rows=rows)


def _row(case: Case, flights: int, rng: np.random.Generator) -> Row:
    told(f"apart: {case.name}")
    judged, frames, began_s = Judged(), 0, time.process_time()
    for _ in range(flights):
        filmed, places = _filmed(case, rng)
        frames += len(filmed)
        ways = {"not": _live, "live": _live, "after": _after}
        ways[case.how](case, filmed, places, judged)
    return {
        "calibrated": case.name,
        "CE90, m": float(np.quantile(judged.off_m, 0.9)),
        "goal, m": case.goal_m,
        "median, m": float(np.median(judged.off_m)),
        "in the 90 % ellipse, %": 100.0 * float(np.mean(np.array(judged.far) < IN_90)),
        "goal, %": "85-95",
        "ms CPU a frame": 1e3 * (time.process_time() - began_s) / frames,
    }


def _filmed(case: Case, rng: np.random.Generator) -> tuple[list[Frame], Array]:
    """A flight's frames, and the places (n, 2) of landmarks and then of parked objects."""
    flight = Flight(rng)
    places = rng.uniform(-30.0, 30.0, (case.landmarks + case.parked, 2))
    boxes_off = rng.normal(0.0, BOX_OFF_PX, places.shape)
    course = rng.uniform(0.0, math.tau)
    creep = CREEP_M_S * np.array([math.sin(course), math.cos(course)])
    frames = []
    for index in range(int(SECONDS * FRAMES_HZ)):
        t_s = index / FRAMES_HZ
        now = places.copy()
        now[len(now) - case.creeping :] += creep * max(0.0, t_s - CREEP_FROM_S)
        target = rng.uniform(-30.0, 30.0, (TARGETS, 2))
        points = np.vstack((now, target))
        whole = np.column_stack((points, flight.ground_m(points)))
        said, pixels = flight.film(t_s, whole)
        pixels = pixels + rng.normal(0.0, BOX_PX, pixels.shape)
        pixels[: len(places)] += boxes_off
        frames.append(
            Frame(
                told=said,
                fixed_px=pixels[:-TARGETS],
                target_px=pixels[-TARGETS:],
                target_m=target,
            )
        )
    return frames, places


def _live(case: Case, frames: Sequence[Frame], places: Array, judged: Judged) -> None:
    """As the aircraft's process does it: correct, place, learn."""
    known = [
        KnownLandmark(
            name=str(i), object_class="truck", place=_geo(places[i]), height_amsl_m=0.0, sigma_m=0.1
        )
        for i in range(case.landmarks)
    ]
    live = LiveCalibration(CalibrationSettings(budget="consumer"), known)
    for frame in frames:
        now_s, pose = frame.told.t_s, _pose(frame.told)
        if frame.judged:
            _judge_live(live, frame, pose, judged)
        followed = [
            Followed(
                track=index,
                object_class="truck" if index < case.landmarks else "car",
                pixel=(float(u), float(v)),
                sigma_px=math.hypot(BOX_PX, BOX_OFF_PX),
                lift_m=0.0,
                speed_m_s=0.2,
                speed_sigma_m_s=0.3,
                seen_for_s=now_s,
                may_park=True,
            )
            for index, (u, v) in enumerate(frame.fixed_px)
        ]
        live.learn(followed, pose=pose, camera=CAMERA, ground=SEA, now_s=now_s)


def _judge_live(live: LiveCalibration, frame: Frame, pose: CameraPose, judged: Judged) -> None:
    better = live.corrected(pose, frame.told.t_s)
    fixes = locate(
        frame.target_px,
        camera=live.zoomed(CAMERA),
        R_ned_from_camera=better.R_ned_from_camera,
        above_plane_m=np.full(TARGETS, better.height_above_ground_m(SEA)),
        errors=PoseErrors(pixel_px=BOX_PX),
        plane_sigma_m=np.full(TARGETS, RELIEF_M),
        view_covariance=better.view_covariance,
    )
    here = EARTH.enu_of(better.position, 0.0)[:2]
    judged.add(here + fixes.en_m, fixes.own_m2 + fixes.shared_m2, frame.target_m)


def _after(case: Case, frames: Sequence[Frame], places: Array, judged: Judged) -> None:
    """As `qyran geolocate` does it: all sightings at once, then the places."""
    anchors = [_anchor(i, place, known=i < case.landmarks) for i, place in enumerate(places)]
    lines = [_line(frame.told) for frame in frames]
    glimpses = [
        Glimpse(
            t_s=frame.told.t_s,
            sightline=line,
            sightings=[
                Sighting(
                    anchor=str(i),
                    pixel=(float(u), float(v)),
                    sigma_px=math.hypot(BOX_PX, BOX_OFF_PX),
                )
                for i, (u, v) in enumerate(frame.fixed_px)
            ],
        )
        for frame, line in zip(frames[::2], lines[::2], strict=True)
    ]
    process = ErrorProcess.of(known_budgets()["consumer"])
    found = calibrate(glimpses, anchors, process=process)
    numbers = {glimpse.t_s: number for number, glimpse in enumerate(glimpses)}
    for frame, line in zip(frames, lines, strict=True):
        if not frame.judged:
            continue
        number = numbers.get(frame.told.t_s)
        belief = (
            found.at(frame.told.t_s, line.heading_rad) if number is None else found.of_frame(number)
        )
        got = place_pixels(
            frame.target_px,
            line,
            belief,
            surface=LevelGround(SEA),
            frame=EARTH,
            pixel_sigma_px=np.full(TARGETS, BOX_PX),
            ground_sigma_m=RELIEF_M,
        )
        judged.add(got.enu_m[:, :2], got.covariance_m2, frame.target_m)


def _anchor(index: int, place_m: Array, *, known: bool) -> Anchor:
    sigmas = np.array([0.1, 0.1, RELIEF_M] if known else [60.0, 60.0, RELIEF_M])
    return Anchor(name=str(index), enu_m=np.append(place_m, 0.0), covariance_m2=np.diag(sigmas**2))


def _geo(en_m: Array) -> GeoPoint:
    latitude, longitude, _ = EARTH.geodetic(np.append(en_m, 0.0))
    return GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude))


def _pose(said: Told) -> CameraPose:
    yaw, pitch, roll = said.attitude_rad
    return CameraPose(
        position=_geo(said.position_m[:2]),
        height=HeightAmsl(float(said.position_m[2])),
        q_ned_from_gimbal=quaternion_from_euler(roll_rad=roll, pitch_rad=pitch, yaw_rad=yaw),
    )


def _line(said: Told) -> Sightline:
    return Sightline.of(_pose(said), height_m=float(said.position_m[2]), camera=CAMERA, frame=EARTH)
