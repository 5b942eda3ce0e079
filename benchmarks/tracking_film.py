"""Recorded movements on the ground, filmed once more by a simulated camera with a noisy detector.

The camera's mathematics are of this file alone, with rotations from scipy: what is judged projects
with its own.
"""

import gzip
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from missions.errors import BadInput

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Flight = Callable[[float, npt.NDArray[np.float64]], "Camera"]

RECORDED_HZ = 30.0
# Stanford Drone scenes are filmed from about 80 m; a walker of 0.5 m is then some 15 to 20 pixels.
SCENE_M_PER_PX = 0.03
WIDTH_PX, HEIGHT_PX, FOCAL_PX = 1280, 720, 1000.0
CLASS_OF = {
    "Pedestrian": "person",
    "Skater": "person",
    "Biker": "bicycle",
    "Cart": "car",
    "Car": "car",
    "Bus": "bus",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What the detector and the telemetry add. Pose errors wander with `pose_lasts_s`."""

    begin_miss: float = 0.04
    end_miss: float = 0.3
    hidden_miss: float = 0.7
    centre_share: float = 0.04
    side_share: float = 0.06
    false_a_frame: float = 1.0
    false_class: str = "person"
    gap_every_s: float = 30.0
    gap_s: float = 2.0
    wrong_class: float = 0.03
    heading_rad: float = math.radians(0.8)
    tilt_rad: float = math.radians(0.3)
    place_m: float = 0.5
    pose_lasts_s: float = 5.0
    shake_rad: float = math.radians(0.25)
    telemetry_rad: float = math.radians(0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where it is (east, north, up of the scene's middle) and its heading, pitch and roll."""

    place_m: Array
    turn_rad: Array

    def picture_from_ground(self) -> Array:
        """The homography (3, 3) from (east, north, 1) to pixels."""
        R_ned_from_body = Rotation.from_euler("ZYX", self.turn_rad).as_matrix()
        body_from_camera = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
        ned_from_enu = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
        R_camera_from_enu = (R_ned_from_body @ body_from_camera).T @ ned_from_enu
        across = R_camera_from_enu @ np.column_stack(
            ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], -self.place_m)
        )
        K = np.array(
            [
                [FOCAL_PX, 0.0, (WIDTH_PX - 1) / 2.0],
                [0.0, FOCAL_PX, (HEIGHT_PX - 1) / 2.0],
                [0.0, 0.0, 1.0],
            ]
        )
        return np.asarray(K @ across)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One frame: the truth, what the detector says, the camera and what telemetry says of it."""

    t_s: float
    camera: Camera
    told_camera: Camera
    truth_ids: Ids
    truth_boxes: Array
    boxes: Array
    scores: Array
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Rows of id, ground box (west, south, east, north; metres), frame, hidden; and classes."""

    name: str
    ids: Ids
    ground: Array
    frames: Ids
    hidden: npt.NDArray[np.bool_]
    classes: tuple[str, ...]
    size_m: tuple[float, float]


def read_recording(path: Path) -> Recording:
    """A Stanford Drone annotation file, in metres about the middle of the scene.

    Raises:
        BadInput: a line is not one of it.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.split() for line in file]
    try:
        table = np.array([[int(cell) for cell in row[:9]] for row in rows])
        classes = [CLASS_OF[row[9].strip('"')] for row in rows]
    except (ValueError, KeyError, IndexError) as error:
        raise BadInput(where=str(path), what=f"not a Stanford Drone annotation: {error}") from error
    shown = table[:, 6] == 0
    corners = table[shown, 1:5].astype(float)
    across, down = corners[:, 2].max(), corners[:, 3].max()
    left, top, right, bottom = corners.T
    ground = SCENE_M_PER_PX * np.stack(
        (left - across / 2, down / 2 - bottom, right - across / 2, down / 2 - top), axis=1
    )
    return Recording(
        name=path.name.removesuffix(".txt.gz"),
        ids=table[shown, 0],
        ground=ground,
        frames=table[shown, 5],
        hidden=table[shown, 7] == 1,
        classes=tuple(each for each, keep in zip(classes, shown, strict=True) if keep),
        size_m=(SCENE_M_PER_PX * across, SCENE_M_PER_PX * down),
    )


def pictures(
    recording: Recording, reference: Path, shots: Iterable[Shot]
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """What the camera of each shot would see of the scene's reference picture, with its number.

    Raises:
        BadInput: there is no such picture.
    """
    scene = cv2.imread(str(reference))
    if scene is None:
        raise BadInput(where=str(reference), what="not a picture")
    across, down = np.array(recording.size_m) / SCENE_M_PER_PX
    middle = np.array([[1.0, 0.0, -across / 2.0], [0.0, -1.0, down / 2.0], [0.0, 0.0, 1.0]])
    ground_from_scene = np.diag([SCENE_M_PER_PX, SCENE_M_PER_PX, 1.0]) @ middle
    for number, shot in enumerate(shots):
        picture_from_scene = shot.camera.picture_from_ground() @ ground_from_scene
        seen = cv2.warpPerspective(scene, picture_from_scene, (WIDTH_PX, HEIGHT_PX))
        yield number, np.asarray(seen, dtype=np.uint8)


def film(
    recording: Recording,
    *,
    seed: int,
    rate_hz: float = 10.0,
    longest_s: float = 120.0,
    noise: Noise | None = None,
    flight: Flight | None = None,
) -> Iterator[Shot]:
    """Fly over a recording, to and fro unless another flight is told, and see as a detector would.

    A flight tells the camera at a time from its shake, (3,) radians.
    """
    how, rng = noise or Noise(), np.random.default_rng(seed)
    flown = flight or _flight(recording, rng)
    wander, missing = np.zeros(6), set[int]()
    every = round(RECORDED_HZ / rate_hz)
    first = int(recording.frames.min())
    last = min(int(recording.frames.max()), first + round(longest_s * RECORDED_HZ))
    gap_from_s = rng.uniform(0.2, 1.0) * how.gap_every_s
    for frame in range(first, last + 1, every):
        t_s = (frame - first) / RECORDED_HZ
        camera = flown(t_s, rng.normal(0.0, how.shake_rad, 3))
        wander = _wandered(wander, how, 1.0 / rate_hz, rng)
        in_gap = (t_s - gap_from_s) % how.gap_every_s < how.gap_s and t_s >= gap_from_s
        rows = np.flatnonzero(recording.frames == frame)
        yield _shot(recording, rows, t_s, camera, wander, missing, how, rng, blind=bool(in_gap))


def _flight(recording: Recording, rng: np.random.Generator) -> Flight:
    """Where the camera is at a time: to and fro over the scene, turning, tilting and climbing."""
    phase = rng.uniform(0.0, 2.0 * math.pi, 6)
    half = np.array(recording.size_m) * 0.2
    up_m = rng.uniform(36.0, 44.0)

    def at(t_s: float, shake: Array) -> Camera:
        east = half[0] * math.sin(0.30 * t_s + phase[0])
        north = half[1] * math.sin(0.17 * t_s + phase[1])
        up = up_m * (1.0 + 0.12 * math.sin(0.2 * t_s + phase[2]))
        heading = phase[3] + 0.5 * math.sin(0.15 * t_s + phase[4])
        pitch = math.radians(-75.0) + 0.12 * math.sin(0.25 * t_s + phase[5])
        return Camera(
            place_m=np.array([east, north, up]),
            turn_rad=np.array([heading, pitch, 0.03 * math.sin(0.9 * t_s)]) + shake,
        )

    return at


def _wandered(wander: Array, how: Noise, step_s: float, rng: np.random.Generator) -> Array:
    kept = math.exp(-step_s / how.pose_lasts_s)
    sigma = np.array([how.place_m] * 3 + [how.heading_rad, how.tilt_rad, how.tilt_rad])
    return np.asarray(kept * wander + math.sqrt(1.0 - kept**2) * rng.normal(0.0, sigma))


def _shot(
    recording: Recording,
    rows: Ids,
    t_s: float,
    camera: Camera,
    wander: Array,
    missing: set[int],
    how: Noise,
    rng: np.random.Generator,
    *,
    blind: bool,
) -> Shot:
    boxes = _projected(recording.ground[rows], camera)
    seen = _in_picture(boxes)
    rows, boxes = rows[seen], boxes[seen]
    found = [not blind and _found(recording, row, missing, how, rng) for row in rows.tolist()]
    noisy = _jittered(boxes[found], how, rng)
    classes = [
        str(rng.choice(["person", "bicycle", "car"]))
        if rng.random() < how.wrong_class
        else recording.classes[row]
        for row in rows[found].tolist()
    ]
    scores = np.clip(rng.normal(0.72, 0.15, len(noisy)), 0.05, 0.98)
    false = 0 if blind else rng.poisson(how.false_a_frame)
    false_boxes = _false(false, noisy, rng)
    return Shot(
        t_s=t_s,
        camera=camera,
        told_camera=Camera(
            place_m=camera.place_m + wander[:3],
            turn_rad=camera.turn_rad + wander[3:] + rng.normal(0.0, how.telemetry_rad, 3),
        ),
        truth_ids=recording.ids[rows],
        truth_boxes=boxes,
        boxes=np.concatenate((noisy, false_boxes)),
        scores=np.concatenate((scores, rng.uniform(0.1, 0.65, false))),
        classes=(*classes, *[how.false_class] * false),
    )


def _projected(ground: Array, camera: Camera) -> Array:
    west, south, east, north = ground.T
    corners = np.stack(
        [
            np.stack(pair, axis=1)
            for pair in ((west, south), (east, south), (east, north), (west, north))
        ],
        axis=1,
    )
    flat = np.concatenate((corners.reshape(-1, 2), np.ones((4 * len(ground), 1))), axis=1)
    u = flat @ camera.picture_from_ground().T
    pixels = np.where(u[:, 2:] > 0.1, u[:, :2] / np.maximum(u[:, 2:], 0.1), np.inf)
    four = pixels.reshape(-1, 4, 2)
    return np.concatenate((four.min(axis=1), four.max(axis=1)), axis=1)


def _in_picture(boxes: Array) -> npt.NDArray[np.bool_]:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    return np.asarray(((middle >= 0.0) & (middle <= [WIDTH_PX - 1, HEIGHT_PX - 1])).all(axis=1))


def _found(
    recording: Recording, row: int, missing: set[int], how: Noise, rng: np.random.Generator
) -> bool:
    """Misses come in runs, and most often where something is hidden."""
    name = int(recording.ids[row])
    if name in missing:
        if rng.random() < how.end_miss:
            missing.discard(name)
    elif rng.random() < how.begin_miss:
        missing.add(name)
    hidden = recording.hidden[row] and rng.random() < how.hidden_miss
    return name not in missing and not hidden


def _jittered(boxes: Array, how: Noise, rng: np.random.Generator) -> Array:
    sides = boxes[:, 2:] - boxes[:, :2]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    middle = middle + sides * rng.normal(0.0, how.centre_share, sides.shape)
    half = sides * np.exp(rng.normal(0.0, how.side_share, sides.shape)) / 2.0
    return np.concatenate((middle - half, middle + half), axis=1)


def _false(count: int, like: Array, rng: np.random.Generator) -> Array:
    middle = rng.uniform([0.0, 0.0], [WIDTH_PX, HEIGHT_PX], (count, 2))
    usual = np.median(like[:, 2:] - like[:, :2], axis=0) if len(like) else np.array([40.0, 40.0])
    half = usual * rng.uniform(0.5, 1.3, (count, 2)) / 2.0
    return np.concatenate((middle - half, middle + half), axis=1)
