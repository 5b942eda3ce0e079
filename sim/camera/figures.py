"""People, vehicles and animals as a few filled outlines each.

A figure is a list of strokes in the order in which they are painted. Sizes follow the object's own
length, width and height.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass
from sim.camera import palette
from sim.camera.palette import Bgr, colour, shaded
from sim.camera.projection import NEAR_M, Array, View
from sim.camera.solids import Outlines, Prisms, posts, prisms, slats
from sim.world.objects import CLASSES, Snapshot

Pixels = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]

SHIFT = 3
LARGEST_PX = 30_000.0
STEP_LENGTH_M = 1.4


class Stroke(NamedTuple):
    """A convex outline in fixed-point pixels, (k, 2), and its colour."""

    outline: Pixels
    colour: Bgr


@dataclass(frozen=True, slots=True)
class Figure:
    """An object's strokes and its box (left, top, right, bottom), pixels, unclipped."""

    index: int
    strokes: list[Stroke]
    box_px: tuple[float, float, float, float]


class _Pile:
    """Strokes gathered by object while a class is drawn part by part."""

    def __init__(self, count: int) -> None:
        self.strokes: list[list[Stroke]] = [[] for _ in range(count)]
        self.low = np.full((count, 2), np.inf)
        self.high = np.full((count, 2), -np.inf)
        self.near = np.zeros(count, dtype=bool)

    def add(self, outlines: Outlines, colours: list[Bgr]) -> None:
        fixed = fixed_point(outlines.pixels)
        for strokes, outline, tint in zip(self.strokes, fixed, colours, strict=True):
            strokes.append(Stroke(outline, tint))
        self._grow(outlines.pixels, outlines.depth_m, np.ones(len(fixed), dtype=bool))

    def add_prisms(
        self, solids: Prisms, colours: list[Bgr], *, sides: list[Bgr] | None = None
    ) -> None:
        """Faces that look at the camera, sides before the top."""
        fixed = fixed_point(solids.faces)
        for number, strokes in enumerate(self.strokes):
            for face in (1, 2, 3, 4, 0):
                if solids.seen[number, face]:
                    tint = colours[number] if face == 0 or sides is None else sides[number]
                    shade = shaded(tint, solids.light[number, face])
                    strokes.append(Stroke(fixed[number, face], shade))
        drawn = np.asarray(solids.seen.any(axis=1), dtype=bool)
        self._grow(solids.faces.reshape(len(fixed), -1, 2), solids.depth_m, drawn)

    def _grow(self, pixels: Array, depth_m: Array, drawn: npt.NDArray[np.bool_]) -> None:
        """Widen the boxes of those objects for which something was drawn."""
        low, high = pixels.min(axis=1), pixels.max(axis=1)
        self.low = np.where(drawn[:, None], np.minimum(self.low, low), self.low)
        self.high = np.where(drawn[:, None], np.maximum(self.high, high), self.high)
        self.near |= depth_m < NEAR_M

    def figures(self, indices: Indices) -> list[Figure]:
        """Those that are whole in front of the camera."""
        return [
            Figure(index, strokes, (low[0], low[1], high[0], high[1]))
            for index, strokes, low, high, near in zip(
                indices.tolist(),
                self.strokes,
                self.low.tolist(),
                self.high.tolist(),
                self.near.tolist(),
                strict=True,
            )
            if not near
        ]


def fixed_point(pixels: Array) -> Pixels:
    """Pixels as OpenCV's fixed-point integers with `SHIFT` fractional bits."""
    bounded = np.clip(pixels, -LARGEST_PX, LARGEST_PX)
    return np.ascontiguousarray(np.round(bounded * (1 << SHIFT)), dtype=np.int32)


def figures(view: View, world: Snapshot, indices: Indices) -> list[Figure]:
    """The figures of the objects at `indices`, in no particular order."""
    found: list[Figure] = []
    codes = world.codes[indices]
    for code in np.unique(codes).tolist():
        members = indices[codes == code]
        object_class = CLASSES[code]
        pile = _Pile(len(members))
        colours = [colour(object_class, look) for look in world.look[members].tolist()]
        DRAWN[object_class](pile, view, world, members, colours)
        found += pile.figures(members)
    return found


def _people(pile: _Pile, view: View, world: Snapshot, of: Indices, clothes: list[Bgr]) -> None:
    at, height = world.en[of], world.size_m[of, 2]
    heading, look = world.heading_rad[of], world.look[of]
    forward = np.stack((np.sin(heading), np.cos(heading)), axis=-1)
    right = np.stack((forward[:, 1], -forward[:, 0]), axis=-1)
    swing = 0.3 * np.sin(2.0 * np.pi * world.stride[of] / STEP_LENGTH_M)
    trousers = [shaded(colour(ObjectClass.PERSON, each), 0.62) for each in (look * 3.7) % 1.0]
    hip = np.column_stack((at, 0.52 * height))
    for side in (-1.0, 1.0):
        foot = at + forward * (side * swing)[:, None] + right * (side * 0.1)
        pile.add(slats(view, np.column_stack((foot, 0.0 * height)), hip, 0.2), trousers)
    pile.add(posts(view, at, 0.135 * height, 0.46 * height, 0.83 * height), clothes)
    heads = [palette.HAIR if each < 0.62 else palette.SKIN for each in look]
    pile.add(posts(view, at, 0.066 * height, 0.85 * height, height), heads)


def _cars(pile: _Pile, view: View, world: Snapshot, of: Indices, body: list[Bgr]) -> None:
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    tyres = [palette.TYRE] * len(of)
    wheels = prisms(
        view,
        at,
        heading,
        bottom_m=(0.8 * length, 0.9 * width),
        top_m=(0.8 * length, 0.94 * width),
        heights_m=(0.0 * height, 0.26 * height),
        ahead_m=0.0 * length,
    )
    pile.add_prisms(wheels, tyres)
    lower = prisms(
        view,
        at,
        heading,
        bottom_m=(length, 0.96 * width),
        top_m=(0.97 * length, 0.94 * width),
        heights_m=(0.18 * height, 0.6 * height),
        ahead_m=0.0 * length,
    )
    pile.add_prisms(lower, body)
    cabin = prisms(
        view,
        at,
        heading,
        bottom_m=(0.56 * length, 0.88 * width),
        top_m=(0.36 * length, 0.74 * width),
        heights_m=(0.6 * height, height),
        ahead_m=-0.06 * length,
        top_ahead_m=-0.07 * length,
    )
    pile.add_prisms(cabin, [shaded(tint, 1.06) for tint in body], sides=[palette.GLASS] * len(of))


def _trucks(pile: _Pile, view: View, world: Snapshot, of: Indices, body: list[Bgr]) -> None:
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    _chassis(pile, view, world, of)
    parts = [
        _box(view, at, heading, 0.26 * length, width, (0.15, 0.78), height, 0.37 * length),
        _box(view, at, heading, 0.7 * length, width, (0.2, 1.0), height, -0.13 * length),
    ]
    ahead = np.stack((np.sin(heading), np.cos(heading)), axis=-1)
    cab_is_near = ((view.position[:2] - at) * ahead).sum(axis=-1) > 0.0
    # The nearer part hides the farther one; for a mixed set both orders are painted.
    for first in (True, False):
        chosen = cab_is_near if first else ~cab_is_near
        order = (1, 0) if first else (0, 1)
        for part in order:
            solids = parts[part]
            shown = solids._replace(seen=solids.seen & chosen[:, None])
            tints = [shaded(tint, 0.85) for tint in body] if part == 0 else body
            pile.add_prisms(shown, tints)


def _buses(pile: _Pile, view: View, world: Snapshot, of: Indices, body: list[Bgr]) -> None:
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    _chassis(pile, view, world, of)
    glass = [palette.GLASS] * len(of)
    for share, tints in (((0.12, 0.48), body), ((0.48, 0.82), glass), ((0.82, 1.0), body)):
        solids = _box(view, at, heading, length, width, share, height, 0.0 * length)
        pile.add_prisms(solids, tints)


def _chassis(pile: _Pile, view: View, world: Snapshot, of: Indices) -> None:
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    solids = _box(view, at, heading, 0.92 * length, 0.9 * width, (0.0, 0.2), height, 0.0 * length)
    pile.add_prisms(solids, [palette.TYRE] * len(of))


def _box(
    view: View,
    at: Array,
    heading_rad: Array,
    length_m: Array,
    width_m: Array,
    shares: tuple[float, float],
    height_m: Array,
    ahead_m: Array,
) -> Prisms:
    """A plain box between two shares of the height."""
    return prisms(
        view,
        at,
        heading_rad,
        bottom_m=(length_m, width_m),
        top_m=(length_m, width_m),
        heights_m=(shares[0] * height_m, shares[1] * height_m),
        ahead_m=ahead_m,
    )


def _boats(pile: _Pile, view: View, world: Snapshot, of: Indices, hull: list[Bgr]) -> None:
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    pile.add_prisms(_box(view, at, heading, length, width, (0.0, 0.6), height, 0.0 * length), hull)


def _beasts(pile: _Pile, view: View, world: Snapshot, of: Indices, coat: list[Bgr]) -> None:
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    forward = np.stack((np.sin(heading), np.cos(heading)), axis=-1)
    right = np.stack((forward[:, 1], -forward[:, 0]), axis=-1)
    dark = [shaded(tint, 0.6) for tint in coat]
    swing = 0.12 * np.sin(2.0 * np.pi * world.stride[of] / STEP_LENGTH_M)
    for ahead, side in ((0.3, 1), (0.3, -1), (-0.38, 1), (-0.38, -1)):
        hip = at + forward * (ahead * length)[:, None] + right * (side * 0.36 * width)[:, None]
        foot = hip + forward * (swing * side * np.sign(ahead))[:, None]
        pile.add(
            slats(
                view,
                np.column_stack((foot, 0.0 * height)),
                np.column_stack((hip, 0.5 * height)),
                0.17,
            ),
            dark,
        )
    facing = ((view.position[:2] - at) * forward).sum(axis=-1) > 0.0
    head = prisms(
        view,
        at,
        heading,
        bottom_m=(0.24 * length, 0.36 * width),
        top_m=(0.2 * length, 0.32 * width),
        heights_m=(0.62 * height, height),
        ahead_m=0.5 * length,
    )
    pile.add_prisms(head._replace(seen=head.seen & ~facing[:, None]), dark)
    _trunk(pile, view, world, of, coat)
    pile.add_prisms(head._replace(seen=head.seen & facing[:, None]), dark)


def _trunk(pile: _Pile, view: View, world: Snapshot, of: Indices, coat: list[Bgr]) -> None:
    """The body, rounded by a narrower back, with white patches on every other animal."""
    at, heading = world.en[of], world.heading_rad[of]
    length, width, height = world.size_m[of].T
    for bottom, top, low, high in ((0.98, 1.0, 0.42, 0.78), (1.0, 0.62, 0.78, 0.96)):
        body = prisms(
            view,
            at,
            heading,
            bottom_m=(0.78 * length, bottom * width),
            top_m=(0.76 * length, top * width),
            heights_m=(low * height, high * height),
            ahead_m=-0.04 * length,
        )
        pile.add_prisms(body, coat)
    patched = world.look[of] > 0.55
    patch = prisms(
        view,
        at,
        heading,
        bottom_m=(0.18 * length, 0.64 * width),
        top_m=(0.16 * length, 0.4 * width),
        heights_m=(0.94 * height, 0.965 * height),
        ahead_m=(world.look[of] - 0.75) * length,
    )
    shown = patch._replace(seen=patch.seen & patched[:, None])
    pile.add_prisms(shown, [palette.WHITE_PATCH] * len(of))


Drawer = Callable[[_Pile, View, Snapshot, Indices, list[Bgr]], None]
DRAWN: dict[ObjectClass, Drawer] = {
    ObjectClass.PERSON: _people,
    ObjectClass.CAR: _cars,
    ObjectClass.TRUCK: _trucks,
    ObjectClass.BUS: _buses,
    ObjectClass.BOAT: _boats,
    ObjectClass.CATTLE: _beasts,
    ObjectClass.HORSE: _beasts,
    ObjectClass.DOG: _beasts,
}
