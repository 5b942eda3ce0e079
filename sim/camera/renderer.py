"""What the camera sees of the world, as a picture, and the truth about every object in it."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass
from sim.camera import palette
from sim.camera.figures import SHIFT, Figure, figures, fixed_point
from sim.camera.ground import Ground, Mosaic, seen
from sim.camera.projection import Array, View
from sim.camera.scenery import SUN_SHADOW_PER_M, Scenery
from sim.camera.structures import Standing, Structures, hiding
from sim.camera.vegetation import Crown, crowns, paint_crown
from sim.world.objects import CLASSES, Snapshot

Picture = npt.NDArray[np.uint8]

REACH_M = 280.0
MOST_OBJECTS = 254  # An object's mark is one byte; 0 is 'none'.
NOISE_PICTURES = 5
SHADOW_FACTOR = 0.64


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One object in a picture.

    `box_px` is left, top, width, height of what was drawn, cut to the picture; `visible_fraction`
    is the share of the object that is in the picture and not hidden.
    """

    index: int
    object_id: str
    object_class: ObjectClass
    en: tuple[float, float]
    box_px: tuple[float, float, float, float]
    visible_fraction: float


class Rendered(NamedTuple):
    """A picture (height, width, 3), BGR, and what is in it, the farthest first."""

    picture: Picture
    objects: list[Seen]
    marks: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the camera renders: how much smaller the ground is computed than it is shown."""

    ground_shrink: float = 1.5


class SensorNoise:
    """A few pictures of noise, shared by all cameras of one size; `deviation` in grey levels."""

    def __init__(self, width_px: int, height_px: int, *, deviation: float, seed: int) -> None:
        rng = np.random.default_rng((seed, 17))
        self._pictures = []
        for _ in range(NOISE_PICTURES):
            luma = rng.standard_normal((height_px, width_px, 1), dtype=np.float32)
            chroma = rng.standard_normal((height_px, width_px, 3), dtype=np.float32)
            both = np.round(deviation * (luma + np.float32(0.35) * chroma))
            brighter = np.clip(both, 0, 255).astype(np.uint8)
            self._pictures.append((brighter, np.clip(-both, 0, 255).astype(np.uint8)))

    def roughen(self, picture: Picture, frame: int) -> None:
        """Add the noise of a frame, in place."""
        brighter, darker = self._pictures[frame % NOISE_PICTURES]
        cv2.add(picture, brighter, picture)
        cv2.subtract(picture, darker, picture)


class Renderer:
    """Renders one camera's pictures; `frame` numbers choose the noise, nothing else is random."""

    def __init__(
        self, ground: Ground, scenery: Scenery, look: Look, noise: SensorNoise | None = None
    ) -> None:
        self._mosaic = Mosaic(ground)
        self._scenery = scenery
        self._structures = Structures(scenery.blocks)
        self._look = look
        self._noise = noise

    def render(self, view: View, world: Snapshot, frame: int) -> Rendered:
        """The picture of one instant."""
        canvas = self._background(view)
        marks = np.zeros(canvas.shape[:2], dtype=np.uint8)
        shown = self._structures.standing(view)
        found = self._figures(view, world)
        _cast_shadows(canvas, view, world, found)
        self._structures.paint(canvas, view, shown)
        drawn = self._paint_things(_Sheets(canvas, marks), view, world, found, shown)
        objects = [
            seen_object
            for entry in drawn
            if (seen_object := _judged(entry, world, marks)) is not None
        ]
        if self._noise is not None:
            self._noise.roughen(canvas, frame)
        return Rendered(canvas, objects, marks)

    def _background(self, view: View) -> Picture:
        """The ground under everything, and the sky where it is in view."""
        ahead = min(90.0, view.position[2] * 1.1)
        east, north = view.position[:2] + view.forward_en * ahead
        self._mosaic.look_at(float(east), float(north))
        pinhole = view.pinhole
        picture = seen(
            self._mosaic,
            view.pixels_from_ground,
            pinhole.width_px,
            pinhole.height_px,
            self._look.ground_shrink,
        )
        self._paint_sky(picture, view)
        return picture

    def _paint_sky(self, picture: Picture, view: View) -> None:
        """Fill what lies above the horizon: a straight line in the picture."""
        inverse = np.linalg.inv(view.pinhole.matrix)
        upward = view.R_camera_from_enu[:, 2] @ inverse
        height, width = picture.shape[:2]
        corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], float)
        above = corners @ upward
        if (above < 0.0).all():
            return
        kept = []
        for k in range(4):
            a, b = corners[k], corners[(k + 1) % 4]
            if above[k] >= 0.0:
                kept.append(a[:2])
            if (above[k] >= 0.0) != (above[(k + 1) % 4] >= 0.0):
                share = above[k] / (above[k] - above[(k + 1) % 4])
                kept.append(a[:2] + (b - a)[:2] * share)
        cv2.fillConvexPoly(picture, fixed_point(np.array(kept)), palette.SKY, cv2.LINE_AA, SHIFT)

    def _figures(self, view: View, world: Snapshot) -> list[Figure]:
        """Everything that may be in the picture, far ones first."""
        offset = world.en - view.position[:2]
        distance = np.hypot(offset[:, 0], offset[:, 1])
        middle = np.column_stack((world.en, world.size_m[:, 2] / 2.0))
        depth, pixels = view.depth_and_pixels(middle)
        margin = view.pinhole.focal_px * 8.0 / np.maximum(depth, 2.0)
        size = np.array([view.pinhole.width_px, view.pinhole.height_px])
        inside = ((pixels > -margin[:, None]) & (pixels < size + margin[:, None])).all(axis=1)
        near = np.flatnonzero(inside & (distance < REACH_M) & (depth > 1.0))
        near = near[np.argsort(distance[near])][:MOST_OBJECTS]
        by_index = {figure.index: figure for figure in figures(view, world, near)}
        return [by_index[index] for index in near[::-1].tolist() if index in by_index]

    def _paint_things(
        self,
        sheets: "_Sheets",
        view: View,
        world: Snapshot,
        found: list[Figure],
        shown: Standing,
    ) -> list["_Drawn"]:
        """Objects and trees together, far ones first; what buildings hide is left as it was."""
        trees = crowns(view, self._scenery.trees)
        queue: list[tuple[float, Figure | Crown]] = [
            (_distance(view, world.en[figure.index]), figure) for figure in found
        ]
        queue += [(_distance(view, crown.at), crown) for crown in trees]
        queue.sort(key=lambda entry: -entry[0])
        drawn: list[_Drawn] = []
        for _, thing in queue:
            at = thing.at if isinstance(thing, Crown) else world.en[thing.index]
            box = _cut(thing.box_px, sheets.canvas)
            if box is None:
                continue
            mark = 0 if isinstance(thing, Crown) else len(drawn) + 1
            whole = _painted(sheets, thing, mark, box, shown, at)
            if isinstance(thing, Figure):
                drawn.append(_Drawn(thing, mark, box, whole))
        return drawn


class _Sheets(NamedTuple):
    """The picture, and beside it which object's mark each pixel has."""

    canvas: Picture
    marks: Picture


class _Drawn(NamedTuple):
    figure: Figure
    mark: int
    box: tuple[int, int, int, int]
    whole_px: int


def _distance(view: View, at: Array) -> float:
    return float(np.hypot(*(at - view.position[:2])))


def _cut(
    box_px: tuple[float, float, float, float], canvas: Picture
) -> tuple[int, int, int, int] | None:
    """Whole pixels of a box within the picture; None where it is outside."""
    height, width = canvas.shape[:2]
    left, top = max(0, int(np.floor(box_px[0]))), max(0, int(np.floor(box_px[1])))
    right, bottom = min(width, int(box_px[2]) + 2), min(height, int(box_px[3]) + 2)
    return None if left >= right or top >= bottom else (left, top, right, bottom)


def _painted(
    sheets: _Sheets,
    thing: Figure | Crown,
    mark: int,
    box: tuple[int, int, int, int],
    shown: Standing,
    at: Array,
) -> int:
    """Paint one thing; how many pixels it has before anything hides it."""
    left, top, right, bottom = box
    regions = [sheet[top:bottom, left:right] for sheet in sheets]
    hiders = list(hiding(shown, at, thing.box_px)) if len(shown.indices) else []
    before = [region.copy() for region in regions] if hiders else []
    if isinstance(thing, Crown):
        paint_crown(sheets.canvas, sheets.marks, thing)
    else:
        for outline, tint in thing.strokes:
            cv2.fillConvexPoly(sheets.canvas, outline, tint, cv2.LINE_AA, SHIFT)
            cv2.fillConvexPoly(sheets.marks, outline, (mark,), cv2.LINE_8, SHIFT)
    whole = 0 if mark == 0 else int(np.count_nonzero(regions[1] == mark))
    if before:
        mask = np.zeros(regions[1].shape, dtype=np.uint8)
        for row in hiders:
            outline = fixed_point(shown.hulls[row] - (left, top))
            cv2.fillConvexPoly(mask, outline, (255,), cv2.LINE_8, SHIFT)
        for region, saved in zip(regions, before, strict=True):
            cv2.copyTo(saved, mask, region)
    return whole


def _cast_shadows(canvas: Picture, view: View, world: Snapshot, found: list[Figure]) -> None:
    """Darken the ground beside every object, away from the sun."""
    if not found:
        return
    of = np.array([figure.index for figure in found])
    depth, pixels = view.depth_and_pixels(_shadow_corners(world, of))
    front = pixels[depth.min(axis=1) > 1.0]
    if len(front) == 0:
        return
    low, high = front.min(axis=(0, 1)), front.max(axis=(0, 1))
    box = _cut((low[0], low[1], high[0], high[1]), canvas)
    if box is None:
        return
    left, top, right, bottom = box
    region = canvas[top:bottom, left:right]
    mask = np.zeros(region.shape[:2], dtype=np.uint8)
    for corners in fixed_point(front - (left, top)):
        cv2.fillConvexPoly(mask, cv2.convexHull(corners), (255,), cv2.LINE_8, SHIFT)
    cv2.copyTo(cv2.convertScaleAbs(region, alpha=SHADOW_FACTOR), mask, region)


def _judged(drawn: _Drawn, world: Snapshot, marks: Picture) -> Seen | None:
    """The truth about one drawn object; None where no pixel of it is in the picture."""
    left, top, right, bottom = drawn.box
    if drawn.whole_px == 0:
        return None
    shown_px = int(np.count_nonzero(marks[top:bottom, left:right] == drawn.mark))
    low_x, low_y, high_x, high_y = drawn.figure.box_px
    height, width = marks.shape
    cut = (
        max(low_x, -0.5),
        max(low_y, -0.5),
        min(high_x, width - 0.5),
        min(high_y, height - 0.5),
    )
    area = max((high_x - low_x) * (high_y - low_y), 1e-6)
    in_frame = (cut[2] - cut[0]) * (cut[3] - cut[1]) / area
    index = drawn.figure.index
    return Seen(
        index=index,
        object_id=world.ids[index],
        object_class=CLASSES[int(world.codes[index])],
        en=(float(world.en[index, 0]), float(world.en[index, 1])),
        box_px=(cut[0], cut[1], cut[2] - cut[0], cut[3] - cut[1]),
        visible_fraction=max(0.0, min(1.0, in_frame * shown_px / drawn.whole_px)),
    )


def _shadow_corners(world: Snapshot, of: npt.NDArray[np.int64]) -> Array:
    """(n, 8, 3) metres: the footprint's corners and the same moved by the shadow's length."""
    heading = world.heading_rad[of]
    length, width, height = world.size_m[of].T
    forward = np.stack((np.sin(heading), np.cos(heading)), axis=-1)
    along = forward * (length * 0.46)[:, None]
    across = np.stack((forward[:, 1], -forward[:, 0]), axis=-1) * (width * 0.44)[:, None]
    at = world.en[of]
    foot = np.stack(
        (at + along + across, at + along - across, at - along - across, at - along + across), axis=1
    )
    moved = foot + (SUN_SHADOW_PER_M * 0.85 * height[:, None])[:, None]
    flat = np.concatenate((foot, moved), axis=1)
    return np.concatenate((flat, np.zeros((*flat.shape[:2], 1))), axis=-1)
