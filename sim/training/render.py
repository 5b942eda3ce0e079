"""One training view: what a seed and a number give, always the same, with boxes of its pixels."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sim.training import light as lights
from sim.training import sensor
from sim.training.ground import Plan, noise
from sim.training.kernels.raster import darken, extents, paint
from sim.training.light import Light, shaded
from sim.training.mesh import Array
from sim.training.scene import Scene, composed
from sim.training.viewpoint import Viewpoint
from sim.training.viewpoint import chosen as viewpoint_chosen

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]

VIEW_PX = 320
FINER = 2
NEAREST_M = 1.0
# Less of an object than this, or smaller, is neither asked for nor held against the detector.
LEAST_SHOWN, LEAST_PX, LEAST_PIXELS = 0.35, 7.0, 14
STEEP = math.radians(60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingView:
    """`boxes` (n, 4) left, top, right, bottom px, `classes` (n,); `unclear` (m, 4) boxes of what is
    too small or too hidden to ask for; `hour` and `pitch` (down, radians) tell its kind."""

    picture: npt.NDArray[np.uint8]
    boxes: Floats
    classes: Numbers
    unclear: Floats
    marks: Numbers
    hour: str
    pitch: float

    @property
    def kind(self) -> str:
        """Nadir or oblique, and the hour."""
        return f"{'nadir' if self.pitch >= STEEP else 'oblique'} {self.hour}"


def rendered(seed: int, number: int, side_px: int) -> TrainingView:
    """The view of a seed and a number, a square of `side_px`."""
    rng = np.random.default_rng((seed, number))
    steep = rng.random() < 0.45
    pitch = math.radians(rng.uniform(60, 90) if steep else rng.uniform(14, 60))
    gsd_m = math.exp(rng.uniform(math.log(0.022), math.log(0.16)))
    viewpoint = viewpoint_chosen(rng, side_px, pitch=pitch, gsd_m=gsd_m)
    light = lights.chosen(rng, str(rng.choice(lights.HOURS, p=lights.SHARES)))
    scene = composed(rng, viewpoint)
    seen = _ground(rng, scene.plan, viewpoint, light)
    _shadows(seen, scene, viewpoint, light)
    seen, marks, nearness = _painted(seen, scene, viewpoint, light)
    seen = _hazed(rng, seen, nearness, viewpoint, light)
    boxes, classes, unclear = _truth(scene, viewpoint, marks)
    return TrainingView(
        picture=sensor.developed(rng, seen, light),
        boxes=boxes,
        classes=classes,
        unclear=unclear,
        marks=marks,
        hour=light.hour,
        pitch=pitch,
    )


def _ground(rng: np.random.Generator, plan: Plan, viewpoint: Viewpoint, light: Light) -> Floats:
    """The plan in the camera's perspective with fine grain, lit; (side, side, 3) or (…, 1) heat."""
    side = viewpoint.side_px
    scale, half = plan.px_per_m, plan.paint.shape[0] / 2.0
    x, y = plan.centre
    plan_from_ground = np.array(
        [[scale, 0, half - scale * x], [0, -scale, half + scale * y], [0, 0, 1]]
    )
    matrix = viewpoint.pixels_from_ground @ np.linalg.inv(plan_from_ground)
    paints, rough, grain = (
        _warped(sheet, matrix, side) for sheet in (plan.paint, plan.rough, _grain(rng))
    )
    screen = noise(rng, 5)[:side, :side]
    factor = 1.0 + rough * (0.75 * grain + 0.45 * screen)
    if light.thermal:
        return np.asarray((paints[..., 3] + 0.35 * (factor - 1.0))[..., None], dtype=np.float32)
    lit = light.sky + light.sun * light.toward_sun[2]
    return np.asarray(paints[..., :3] * factor[..., None] * lit, dtype=np.float32)


def _warped(sheet: Floats, matrix: Array, side: int) -> Floats:
    how, edge = cv2.INTER_LINEAR, cv2.BORDER_REFLECT
    seen = cv2.warpPerspective(sheet, matrix, (side, side), flags=how, borderMode=edge)
    return np.asarray(seen, dtype=np.float32)


def _grain(rng: np.random.Generator) -> Floats:
    return np.ascontiguousarray(noise(rng, int(rng.integers(2, 5))))


def _shadows(seen: Floats, scene: Scene, viewpoint: Viewpoint, light: Light) -> None:
    """Darken the ground beside things, softly under clouds."""
    if light.thermal:
        return
    shadow = np.zeros(seen.shape[:2], dtype=np.float32)
    for each in scene.standing:
        corners = each.mesh.corners
        lifted = np.minimum(corners[..., 2:] / light.toward_sun[2], 60.0)
        fallen = corners - lifted * light.toward_sun
        fallen[..., 2] = 0.0
        pixels, depth = viewpoint.seen(fallen)
        front = (depth > NEAREST_M).all(axis=1)
        fill = np.full(int(front.sum()), light.shade, dtype=np.float32)
        darken(pixels[front].astype(np.float32), fill, shadow)
    gsd_m = float(np.linalg.norm(viewpoint.position)) / viewpoint.focal_px
    soft = min(max(light.softness_m / gsd_m, 0.5), 9.0)
    seen *= 1.0 - cv2.GaussianBlur(shadow, (0, 0), soft)[..., None]


def _painted(
    seen: Floats, scene: Scene, viewpoint: Viewpoint, light: Light
) -> tuple[Floats, Numbers, Floats]:
    """Everything that stands, on the ground's picture; the marks are twice as fine."""
    side = viewpoint.side_px
    large = cv2.resize(seen, (side * FINER,) * 2, interpolation=cv2.INTER_LINEAR)
    fine: Floats = np.array(large, dtype=np.float32).reshape(side * FINER, side * FINER, -1)
    nearness: Floats = np.zeros(fine.shape[:2], dtype=np.float32)
    marks: Numbers = np.zeros(fine.shape[:2], dtype=np.int32)
    for number, each in enumerate(scene.standing, start=1):
        pixels, depth = viewpoint.seen(each.mesh.corners, FINER)
        front = (depth > NEAREST_M).all(axis=1)
        colours = shaded(each.mesh, light, viewpoint.position)
        mark = number if each.number >= 0 else 0
        paint(
            pixels[front].astype(np.float32),
            (1.0 / np.maximum(depth[front], NEAREST_M)).astype(np.float32),
            colours[front].astype(np.float32),
            np.full(int(front.sum()), mark, dtype=np.int32),
            fine,
            nearness,
            marks,
        )
    small: Floats = np.array(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA))
    return small.reshape(seen.shape), marks, nearness[::FINER, ::FINER]


def _hazed(
    rng: np.random.Generator, seen: Floats, nearness: Floats, viewpoint: Viewpoint, light: Light
) -> Floats:
    """Air between the camera and what is far, and the sky above the horizon."""
    falls = viewpoint.falls.astype(np.float32)
    ground_nearness = np.maximum(falls, 1e-4) / np.float32(viewpoint.position[2])
    near = np.where(nearness > 0.0, nearness, ground_nearness)
    reach_m = math.exp(rng.uniform(math.log(150.0), math.log(4000.0)))
    clear = np.exp(-1.0 / np.maximum(near * np.float32(reach_m), 0.03))[..., None]
    air = 0.25 if light.thermal else (light.sky + 0.35 * light.sun) * rng.uniform(0.7, 1.0)
    above = ((falls < 0.004) & (nearness == 0.0))[..., None]
    mixed = seen * clear + np.asarray(air, dtype=np.float32) * (1.0 - clear)
    return np.asarray(np.where(above, air, mixed), dtype=np.float32)


def _truth(scene: Scene, viewpoint: Viewpoint, marks: Numbers) -> tuple[Floats, Numbers, Floats]:
    """Boxes of the visible pixels, their classes, and the boxes of what is not to be asked for."""
    found = np.zeros((len(scene.standing) + 1, 5), dtype=np.int32)
    found[:, :2] = marks.shape[0]
    extents(marks, found)
    clear: list[tuple[Array, int]] = []
    unclear: list[Array] = []
    for number in np.flatnonzero(found[:, 4]).tolist():
        each = scene.standing[number - 1]
        box = (found[number, :4] + np.array([0, 0, 1, 1])) / FINER
        pixels, _ = viewpoint.seen(each.mesh.corners)
        whole = np.ptp(pixels.reshape(-1, 2), axis=0)
        sides = box[2:] - box[:2]
        shown = np.prod(sides) / max(float(np.prod(whole)), 1e-6)
        filled = found[number, 4] / FINER**2 / np.prod(sides)
        good = shown >= LEAST_SHOWN and filled >= 0.18 and sides.max() >= LEAST_PX
        if good and found[number, 4] >= LEAST_PIXELS * FINER**2:
            clear.append((box, each.number))
        else:
            unclear.append(box)
    boxes = np.array([box for box, _ in clear], dtype=np.float32).reshape(-1, 4)
    classes = np.array([number for _, number in clear], dtype=np.int32)
    return boxes, classes, np.array(unclear, dtype=np.float32).reshape(-1, 4)
