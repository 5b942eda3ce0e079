"""How far off pixels are placed on the ground, before and after calibration, and speeds with it.

The truth is filmed by its own mathematics (scipy's rotations, a plain pinhole) through a camera
whose errors are drawn anew for each flight from the consumer budget.
"""

import argparse
import gzip
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation
from scipy.stats import norm
from scipy.stats.qmc import LatinHypercube

from benchmarks.evaluation_data import evaluation_data
from benchmarks.geolocation_apart import table as apart
from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import Failed
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose
from onboard.geolocate.adjustment import Anchor, Glimpse, Sighting
from onboard.geolocate.calibration import calibrate
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.error_budget import known_budgets
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.motion import smoothed
from onboard.geolocate.placing import Belief, place_pixels
from onboard.geolocate.rotation import Array, quaternion_from_euler
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.surface import LevelGround

SEED = 20261123
CONSUMER = known_budgets()["consumer"]
# What the flights of the first two tables are off by, whatever the budget says.
CONSTANT = np.array([*np.radians([2.5, 0.8, 0.5]), 0.01, 1.5, 1.5, math.hypot(1.5, 1.0)])
EACH_FRAME = np.array([*np.radians([0.1, 0.05, 0.05]), 0.0, 0.1, 0.1, 0.1])
HEIGHT_M, PITCH_RAD, SPEED_M_S = 100.0, math.radians(-45.0), 8.0
WIDTH_PX, HEIGHT_PX, FIELD_OF_VIEW_RAD = 1920, 1080, math.radians(70.0)
DETECTOR_PX = 2.0
LANDMARK_PX = 1.5
RATE_HZ = 5.0
SECONDS = 8.0
FRAMES = 6
CAR_M = 4.5
IN_90 = 4.605
CAMERA = CameraGeometry.of_field_of_view(
    width_px=WIDTH_PX, height_px=HEIGHT_PX, horizontal_field_of_view_rad=FIELD_OF_VIEW_RAD
)
FRAME = EarthFrame(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
GROUND = LevelGround(HeightAmsl(0.0))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument(
        "--flights",
        type=int,
        default=120,
        help="a row of the first table, half of it of the others; default %(default)s",
    )


def measure(arguments: argparse.Namespace) -> Report:
    """Fly, place and compare."""
    machine = Machine.now()
    rng = np.random.default_rng(SEED)
    rows = [_simulated(each, arguments.flights, rng) for each in CASES]
    tables = [Table(title="Simulated: 100 m above the ground, at -45 degrees", rows=rows)]
    notes = [
        "Errors of a consumer drone, standard deviations: heading 2.5, pitch 0.8 and roll 0.5 "
        "degrees, focal length 1 %, position 1.5 m a horizontal axis and 1.5 m in height, the "
        "ground's height 1 m, all constant in a flight; a tenth of a degree in heading, half that "
        "in pitch and roll and 0.1 m change with each frame. Landmarks are surveyed to 2 cm and "
        "pointed at to 1.5 px; parked objects' places are not known. The detector's noise is 2 px "
        "of 1920.",
        "Anchor: 11.1 m for an uncalibrated consumer drone, given with the goal; its own errors "
        "were not told, so the first row is what the errors above come to.",
    ]
    tables.append(apart(max(3, arguments.flights // 2), rng))
    notes.append(
        "Errors made apart: benchmarks/geolocation_flights.py films orbits of a minute at 8 m/s "
        "with a compass off by a constant (2.8 degrees), by heading and by a drift, a camera "
        "tilted in its mount, an airframe whose level wanders, GNSS and barometer that wander, "
        "pictures told 20-80 ms late and read row by row, wrong focal length, principal point and "
        "distortion, boxes off by the same in each frame, and ground that slopes and rolls; the "
        "second half minute is judged. Of none of it does the calibration know more than the "
        "consumer budget. Parked objects' and landmarks' boxes as a detector finds them (1.5 px, "
        "and 1.5 px that stay). How the errors go on in time was chosen on flights of other seeds."
    )
    try:
        tables.append(_real(arguments.flights, rng))
        notes.append(
            "Real tracks: Stanford Drone Dataset, three scenes, filmed by a simulated camera as "
            f"above for {SECONDS:g} s at {RATE_HZ:g} Hz; their scale by cars of {CAR_M} m; true "
            "speeds by a straight line through each second. Speed errors are of objects above "
            "1 m/s. Each film has a camera of its own, with constant errors of its own."
        )
    except Failed as absent:
        notes.append(f"Real tracks are left out: {absent}")
    return Report(name="onboard_geolocation", machine=machine, tables=tables, notes=notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a flight has to calibrate itself with, and over which arc it looks at the place."""

    name: str
    landmarks: int = 0
    parked: int = 0
    arc_rad: float = 0.0
    goal_m: str = ""


CASES = (
    Case(name="uncalibrated", arc_rad=0.5, goal_m="(anchor 11.1)"),
    Case(name="six parked objects, quarter orbit", parked=6, arc_rad=math.pi / 2, goal_m="<= 5"),
    Case(name="four landmarks", landmarks=4, arc_rad=0.5, goal_m="<= 5"),
)


def flights_of(count: int, rng: np.random.Generator) -> list["Flight"]:
    """Flights whose constant errors fill their distribution evenly (a Latin hypercube).

    A flight has one error of each kind, whatever is filmed in it: a few drawn at random would make
    a row as much better or worse as they happen to be.
    """
    even = norm.ppf(LatinHypercube(d=len(CONSTANT), rng=rng).random(count))
    return [Flight(rng, constant) for constant in even * CONSTANT]


class Flight:
    """One flight: errors that stay, a frame's own drawn at each; `film` tells what it saw."""

    def __init__(self, rng: np.random.Generator, constant: Array) -> None:
        self._rng, self._constant = rng, constant

    def film(self, heading_rad: float, en_m: Array, noise_px: float) -> tuple[Sightline, Array]:
        """The told sightline and the pixels (n, 2) of places on the ground (n, 2)."""
        e = self._constant + self._rng.normal(0.0, EACH_FRAME)
        position = np.array([math.sin(heading_rad), math.cos(heading_rad)]) * -HEIGHT_M
        R_ned_from_frd = (
            Rotation.from_euler("ZYX", [heading_rad + e[0], PITCH_RAD, 0.0])
            * Rotation.from_euler("YX", [e[1], e[2]])
        ).as_matrix()
        offset = np.column_stack((en_m - position - e[4:6], np.full(len(en_m), -HEIGHT_M - e[6])))
        frd = np.column_stack((offset[:, 1], offset[:, 0], -offset[:, 2])) @ R_ned_from_frd
        focal_px = WIDTH_PX / 2.0 / math.tan(FIELD_OF_VIEW_RAD / 2.0) * math.exp(e[3])
        centre = ((WIDTH_PX - 1) / 2.0, (HEIGHT_PX - 1) / 2.0)
        pixels = centre + focal_px * frd[:, 1:] / frd[:, :1]
        return _told(heading_rad, position), pixels + self._rng.normal(0.0, noise_px, pixels.shape)


def _told(heading_rad: float, position_en_m: Array) -> Sightline:
    latitude, longitude, _ = FRAME.geodetic(np.append(position_en_m, 0.0))
    attitude = quaternion_from_euler(roll_rad=0.0, pitch_rad=PITCH_RAD, yaw_rad=heading_rad)
    pose = CameraPose(
        position=GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        height=HeightAmsl(HEIGHT_M),
        q_ned_from_gimbal=attitude,
    )
    return Sightline.of(pose, height_m=HEIGHT_M, camera=CAMERA, frame=FRAME)


class Placing:
    """The errors that a flight believes to have, frame by frame."""

    def __init__(self, flight: Flight, case: Case, rng: np.random.Generator) -> None:
        self._flight, self._case, self._rng = flight, case, rng

    def seen(
        self, times_s: Sequence[float], headings_rad: Sequence[float], targets: Sequence[Array]
    ) -> list[tuple[Array, Array, Array]]:
        """Of each frame's targets: places (n, 2), whole and changing covariances (n, 2, 2)."""
        fixed = self._rng.uniform(-32.0, 32.0, (self._case.landmarks + self._case.parked, 2))
        glimpses, pixels = [], []
        for t_s, heading_rad, en_m in zip(times_s, headings_rad, targets, strict=True):
            noise = np.vstack((fixed, en_m))
            sightline, shown = self._flight.film(heading_rad, noise, 0.0)
            shown[: len(fixed)] += self._rng.normal(0.0, LANDMARK_PX, (len(fixed), 2))
            shown[len(fixed) :] += self._rng.normal(0.0, DETECTOR_PX, (len(en_m), 2))
            sightings = [
                Sighting(anchor=str(i), pixel=(float(u), float(v)), sigma_px=LANDMARK_PX)
                for i, (u, v) in enumerate(shown[: len(fixed)])
            ]
            glimpses.append(Glimpse(t_s=t_s, sightline=sightline, sightings=sightings))
            pixels.append(shown[len(fixed) :])
        beliefs = self._beliefs(glimpses, fixed)
        return [
            self._place(glimpse.sightline, belief, shown)
            for glimpse, belief, shown in zip(glimpses, beliefs, pixels, strict=True)
        ]

    def _beliefs(self, glimpses: Sequence[Glimpse], fixed: Array) -> list[Belief]:
        process = ErrorProcess.of(CONSUMER)
        if not len(fixed):
            return [Belief.untold(process.covariance)] * len(glimpses)
        anchors = [self._anchor(i, place) for i, place in enumerate(fixed)]
        found = calibrate(glimpses, anchors, process=process)
        return [found.of_frame(index) for index in range(len(glimpses))]

    def _anchor(self, index: int, en_m: Array) -> Anchor:
        """A landmark where it is, to its survey's error; a parked object somewhere near there."""
        known = index < self._case.landmarks
        sigmas = np.array([0.02, 0.02, 0.02] if known else [60.0, 60.0, CONSUMER.relief_m])
        off = self._rng.normal(0.0, 0.02 if known else 10.0, 2)
        return Anchor(
            name=str(index), enu_m=np.append(en_m + off, 0.0), covariance_m2=np.diag(sigmas**2)
        )

    def _place(
        self, sightline: Sightline, belief: Belief, pixels: Array
    ) -> tuple[Array, Array, Array]:
        places = place_pixels(
            pixels,
            sightline,
            belief,
            surface=GROUND,
            frame=FRAME,
            pixel_sigma_px=np.full(len(pixels), DETECTOR_PX),
            ground_sigma_m=0.0,
            changing=CONSUMER.per_frame.covariance,
        )
        return places.enu_m[:, :2], places.covariance_m2, places.own_m2 + places.changing_m2


def _simulated(case: Case, flights: int, rng: np.random.Generator) -> Row:
    told(f"simulated: {case.name}")
    errors, distances, began_s = [], [], time.process_time()
    for flight in flights_of(flights, rng):
        start = rng.uniform(0.0, math.tau)
        headings = start + np.linspace(0.0, case.arc_rad, FRAMES)
        times = (headings - start) * HEIGHT_M / SPEED_M_S
        targets = [rng.uniform(-30.0, 30.0, (1, 2)) for _ in headings]
        found = Placing(flight, case, rng).seen(times.tolist(), headings.tolist(), targets)
        for (en_m, covariance, _), truth in zip(found, targets, strict=True):
            off = en_m - truth
            errors.append(float(np.hypot(*off[0])))
            distances.append(float(off[0] @ np.linalg.solve(covariance[0], off[0])))
    return {
        "calibrated with": case.name,
        "CE90, m": float(np.quantile(errors, 0.9)),
        "goal, m": case.goal_m,
        "median, m": float(np.median(errors)),
        "in the 90 % ellipse, %": 100.0 * float(np.mean(np.array(distances) < IN_90)),
        "goal, %": "85-95",
        "ms CPU a frame": 1e3 * (time.process_time() - began_s) / (flights * FRAMES),
    }


def _real(flights: int, rng: np.random.Generator) -> Table:
    folder = evaluation_data("data", "tracks")
    scenes = [_scene(file) for file in sorted(folder.glob("*.txt.gz"))]
    rows: list[Row] = []
    for case, goal in ((CASES[0], "<= 5.5"), (CASES[2], "<= 0.25")):
        told(f"real tracks: {case.name}")
        places, speeds, held = [], [], []
        for index, flight in enumerate(flights_of(max(3, flights // 2), rng)):
            scene = scenes[index % len(scenes)]
            off, speed, inside = _filmed(scene, flight, case, rng)
            places += off
            speeds += speed
            held += inside
        rows.append(
            {
                "calibrated with": case.name,
                "median, m": float(np.median(places)),
                "goal, m": goal,
                "CE90, m": float(np.quantile(places, 0.9)),
                "in the 90 % ellipse, %": 100.0 * float(np.mean(held)),
                "median speed error, km/h": 3.6 * float(np.median(speeds)),
                "goal, km/h": "<= 1.5",
            }
        )
    return Table(title="Real tracks, filmed by a simulated camera", rows=rows)


Scene = dict[int, Array]


def _scene(file: Path) -> Scene:
    """By track, rows of (frame, x, y) in metres about the scene's middle."""
    with gzip.open(file, "rt") as lines:
        rows = [line.split() for line in lines]
    kept = [row for row in rows if row[6] == "0"]
    table = np.array([[float(cell) for cell in row[:6]] for row in kept])
    cars = np.array([row[9].strip('"') == "Car" for row in kept])
    sides = np.maximum(table[:, 3] - table[:, 1], table[:, 4] - table[:, 2])
    whole = sides[cars] if cars.any() else np.array([CAR_M / 0.036])
    scale = CAR_M / float(np.median(whole))
    middle = (table[:, 1:3] + table[:, 3:5]) / 2.0
    centre = np.median(middle, axis=0)
    en = (middle - centre) * (scale, -scale)
    return {
        int(track): np.column_stack((table[at, 5], en[at]))
        for track in np.unique(table[:, 0])
        if (at := np.flatnonzero(table[:, 0] == track)).size
    }


def _filmed(
    scene: Scene, flight: Flight, case: Case, rng: np.random.Generator
) -> tuple[list[float], list[float], list[bool]]:
    """Errors of places and speeds, and whether ellipses held, of one flight over a scene."""
    last = max(float(rows[-1, 0]) for rows in scene.values())
    start = rng.uniform(0.0, max(1.0, last - SECONDS * 30.0))
    times = np.arange(0.0, SECONDS, 1.0 / RATE_HZ)
    wanted = start + times * 30.0
    paths = [path for rows in scene.values() if (path := _path(rows, wanted)) is not None][:12]
    if not paths:
        return [], [], []
    headings = rng.uniform(0.0, math.tau) + 0.02 * times
    targets = [np.array([path[0][i] for path in paths]) for i in range(len(times))]
    found = Placing(flight, case, rng).seen(times.tolist(), headings.tolist(), targets)
    places, speeds, held = [], [], []
    for k, (truth, speed) in enumerate(paths):
        at = np.array([en[k] for en, _, _ in found])
        changing = np.array([own[k] for _, _, own in found])
        motion = smoothed(times.tolist(), at, changing)
        stays = np.array([covariance[k] for _, covariance, _ in found]) - changing
        whole = stays + motion.covariance[:, :2, :2]
        off = motion.en_m - truth
        places += np.hypot(*off.T).tolist()
        scaled = np.linalg.solve(whole, off[:, :, None])[:, :, 0]
        held += (np.einsum("ni,ni->n", off, scaled) < IN_90).tolist()
        moving = speed > 1.0
        speeds += np.abs(motion.speed_m_s - speed)[moving].tolist()
    return places, speeds, held


def _path(rows: Array, wanted: Array) -> tuple[Array, Array] | None:
    """A track's places (n, 2) and speeds (n,) at frames, where it is there and near all along."""
    if rows[0, 0] > wanted[0] - 15.0 or rows[-1, 0] < wanted[-1] + 15.0:
        return None
    if np.max(np.diff(rows[:, 0])) > 30.0:
        return None
    en = np.column_stack([np.interp(wanted, rows[:, 0], rows[:, axis]) for axis in (1, 2)])
    if np.max(np.abs(en)) > 32.0:
        return None
    ends = [
        np.column_stack([np.interp(wanted + side, rows[:, 0], rows[:, axis]) for axis in (1, 2)])
        for side in (-15.0, 15.0)
    ]
    return en, np.asarray(np.linalg.norm(ends[1] - ends[0], axis=1))


if __name__ == "__main__":
    sys.exit(run("onboard_geolocation", __doc__ or "", add_arguments, measure))
