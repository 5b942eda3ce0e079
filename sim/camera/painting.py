"""Paints a square of ground: steppe, fields, water, streets with their marks, squares, shadows."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import shapely

from sim.camera.marks import Marks, place_marks, road_marks
from sim.camera.palette import Bgr
from sim.camera.scenery import SUN_SHADOW_PER_M, Scenery, Trees
from sim.camera.texture import fractal, widened, window
from sim.district.features import Array, District, Place, Road
from sim.world.parking import Bays

Picture = npt.NDArray[np.uint8]

STEPPE: Bgr = (112, 134, 138)
TOWN: Bgr = (118, 130, 134)
WATER: Bgr = (112, 100, 88)
SAND: Bgr = (140, 160, 168)
ASPHALT: Bgr = (92, 92, 92)
DIRT: Bgr = (128, 146, 152)
PAVEMENT: Bgr = (146, 148, 150)
BAY: Bgr = (108, 106, 106)
GRASS: Bgr = (88, 112, 104)
PASTURE: Bgr = (96, 124, 120)
HEMP: Bgr = (80, 104, 92)
SLABS: Bgr = (152, 156, 160)
BAZAAR: Bgr = (136, 140, 146)
KERB: Bgr = (170, 172, 174)
PLACES: dict[str, tuple[Bgr, float]] = {
    "river": (WATER, 2.5),
    "park": (GRASS, 11.0),
    "square": (SLABS, 4.0),
    "bazaar": (BAZAAR, 4.0),
    "embankment": (SLABS, 4.0),
    "pasture": (PASTURE, 12.0),
    "hemp_field": (HEMP, 12.0),
}
SHADOW_FACTOR = 0.62
LARGEST_PIECE_PX = 1024
SHIFT = 4


class Layer(NamedTuple):
    """A filled shape, its colour, and how rough it is (deviation in grey levels)."""

    shape: shapely.Geometry
    colour: Bgr
    rough: float


class GroundPainter:
    """Paints any square of a district's ground; the same square always looks the same."""

    def __init__(self, district: District, bays: Bays, scenery: Scenery) -> None:
        rng = np.random.default_rng((district.seed, 3))
        coarse = fractal(rng, coarsest_px=256, finest_px=16)
        fine = fractal(rng, coarsest_px=8, finest_px=2)
        self.coarse = widened(coarse, LARGEST_PIECE_PX)
        self.fine = widened(fine, LARGEST_PIECE_PX)
        self.layers = _layers(district)
        self._layer_tree = shapely.STRtree([layer.shape for layer in self.layers])
        crossings = _crossings(district.roads)
        self.marks = [
            *(marks for place in district.places for marks in place_marks(place)),
            *_walks(district.places),
            *(marks for road in district.roads for marks in road_marks(road, crossings)),
        ]
        self.shadows = [
            *(_shadow(each.ring, each.height_m) for each in district.buildings),
            *_tree_shadows(scenery.trees),
        ]
        self._shadow_tree = shapely.STRtree([shapely.Polygon(each) for each in self.shadows])
        self.bays = bays

    def paint(self, south_west: Array, size_px: int, metres_a_px: float) -> Picture:
        """A picture (size, size, 3), BGR, row 0 in the north; `size_px` is at most 1024."""
        return _Sheet(self, south_west, size_px, metres_a_px).painted()

    def layers_at(self, extent: shapely.Polygon) -> list[Layer]:
        """The layers that touch a square, in the order in which they are painted."""
        return [self.layers[index] for index in sorted(self._layer_tree.query(extent).tolist())]

    def shadows_at(self, extent: shapely.Polygon) -> list[Array]:
        """Outlines (k, 2) metres of the shadows that may touch a square."""
        return [self.shadows[index] for index in self._shadow_tree.query(extent).tolist()]


class _Sheet:
    """One square while it is painted."""

    def __init__(
        self, painter: GroundPainter, south_west: Array, size_px: int, metres_a_px: float
    ) -> None:
        self._of = painter
        self._size = size_px
        self._metres = metres_a_px
        self._south_west = south_west
        reach = size_px * metres_a_px
        self._bounds = (*(south_west - 12.0), *(south_west + reach + 12.0))
        self._extent = shapely.box(*self._bounds)
        self._flat: Picture = np.empty((size_px, size_px, 3), dtype=np.uint8)
        self._flat[:] = STEPPE
        self._rough = np.full((size_px, size_px), 9.0, dtype=np.float32)

    def painted(self) -> Picture:
        for layer in self._of.layers_at(self._extent):
            self._fill(layer)
        self._paint_bays()
        for marks in self._of.marks:
            self._stroke(marks)
        textured = self._textured()
        self._cast_shadows(textured)
        return textured

    def _pixels(self, en: Array) -> npt.NDArray[np.int32]:
        column = (en[..., 0] - self._south_west[0]) / self._metres - 0.5
        row = self._size - 0.5 - (en[..., 1] - self._south_west[1]) / self._metres
        fixed = np.stack((column, row), axis=-1) * (1 << SHIFT)
        return np.round(fixed).astype(np.int32)

    def _fill(self, layer: Layer) -> None:
        """Fill a shape where it lies on this sheet."""
        for part in shapely.get_parts(shapely.clip_by_rect(layer.shape, *self._bounds)):
            if not isinstance(part, shapely.Polygon) or part.is_empty:
                continue
            rings = [self._pixels(np.array(part.exterior.coords))]
            rings += [self._pixels(np.array(hole.coords)) for hole in part.interiors]
            cv2.fillPoly(self._flat, rings, layer.colour, cv2.LINE_AA, SHIFT)
            cv2.fillPoly(self._rough, rings, (layer.rough,), cv2.LINE_8, SHIFT)

    def _stroke(self, marks: Marks) -> None:
        near = marks.within(self._bounds)
        if len(near):
            thickness = max(1, round(marks.width_m / self._metres))
            lines = list(self._pixels(near))
            cv2.polylines(self._flat, lines, False, marks.colour, thickness, cv2.LINE_AA, SHIFT)

    def _paint_bays(self) -> None:
        bays = self._of.bays
        middle = self._south_west + self._size * self._metres / 2.0
        near = np.flatnonzero(np.abs(bays.at - middle).max(axis=1) < self._size * self._metres)
        for index in near.tolist():
            corners = _rectangle(bays.at[index], bays.heading_rad[index], 9.0, 3.4)
            self._fill(Layer(shapely.Polygon(corners), BAY, 4.0))
            self._stroke(Marks(corners[None, [0, 1]], KERB, 0.2))

    def _textured(self) -> Picture:
        """The flat colours with coarse and fine noise as strong as each surface is rough."""
        left = round(self._south_west[0] / self._metres)
        top = -round(self._south_west[1] / self._metres) - self._size
        fine = window(self._of.fine, left, top, self._size)
        coarse = window(self._of.coarse, left, top, self._size)
        noise = self._rough * (0.55 * fine + 0.6 * coarse)
        brighter = cv2.merge([np.maximum(noise, 0.0).astype(np.uint8)] * 3)
        darker = cv2.merge([np.maximum(-noise, 0.0).astype(np.uint8)] * 3)
        return np.asarray(cv2.subtract(cv2.add(self._flat, brighter), darker), dtype=np.uint8)

    def _cast_shadows(self, picture: Picture) -> None:
        """Darken where buildings and trees stand between the ground and the sun."""
        mask = np.zeros((self._size, self._size), dtype=np.uint8)
        for outline in self._of.shadows_at(self._extent):
            cv2.fillConvexPoly(mask, self._pixels(outline), 255, cv2.LINE_8, SHIFT)
        dark = cv2.convertScaleAbs(picture, alpha=SHADOW_FACTOR)
        cv2.copyTo(dark, mask, picture)


def _layers(district: District) -> list[Layer]:
    """All filled shapes of the ground, the lowest first."""
    roads = sorted(district.roads, key=lambda road: road.width_m)
    lines = {road.id: shapely.LineString(road.line) for road in roads}
    streets = [road for road in roads if road.road_class in ("avenue", "street")]
    town = shapely.union_all([lines[road.id] for road in streets]).convex_hull
    found = [Layer(town.buffer(30.0), TOWN, 7.0)] if streets else []
    for place in district.places:
        found += _place_layers(place)
    pavements = [lines[road.id].buffer(road.width_m / 2.0 + 4.2) for road in streets]
    found += [Layer(shape, PAVEMENT, 4.0) for shape in pavements]
    for road in roads:
        rural = road.road_class in ("rural", "track")
        edge = lines[road.id].buffer(road.width_m / 2.0 + 0.4)
        found.append(Layer(edge, SAND if rural else KERB, 4.0))
    for road in roads:
        colour = DIRT if road.road_class == "track" else ASPHALT
        found.append(Layer(lines[road.id].buffer(road.width_m / 2.0), colour, 5.0))
    return found


def _place_layers(place: Place) -> list[Layer]:
    if place.kind not in PLACES:
        return []
    shape = shapely.Polygon(place.ring)
    colour, rough = PLACES[place.kind]
    found = [Layer(shape, colour, rough)]
    if place.kind == "river":
        found.insert(0, Layer(shape.buffer(16.0), SAND, 8.0))
    if place.kind in ("park", "square", "bazaar"):
        found.insert(0, Layer(shape.buffer(1.2), KERB, 3.0))
    if place.kind == "park":
        found.append(Layer(shape.centroid.buffer(12.0), SLABS, 4.0))
    return found


def _walks(places: tuple[Place, ...]) -> list[Marks]:
    """Walks across each park, corner to corner and side to side."""
    found = []
    for place in places:
        if place.kind != "park":
            continue
        rectangle = shapely.Polygon(place.ring).minimum_rotated_rectangle
        corners = shapely.get_coordinates(rectangle)[:4]
        middles = (corners + np.roll(corners, -1, axis=0)) / 2.0
        segments = [corners[[0, 2]], corners[[1, 3]], middles[[0, 2]], middles[[1, 3]]]
        inner = [0.5 + 0.47 * 2.0 * (np.array([[0.0], [1.0]]) - 0.5)] * 4
        shortened = [
            ends[:1] * (1 - share) + ends[1:] * share
            for ends, share in zip(segments, inner, strict=True)
        ]
        found.append(Marks(np.array(shortened), PAVEMENT, 3.2))
    return found


def _shadow(ring: Array, height_m: float) -> Array:
    """The ground that a prism shades, together with its own footprint."""
    moved = ring + height_m * SUN_SHADOW_PER_M
    hull = shapely.MultiPoint(np.vstack((ring, moved))).convex_hull
    return shapely.get_coordinates(hull)[:-1]


def _tree_shadows(trees: Trees) -> list[Array]:
    """Each crown's shadow, an ellipse of twelve corners stretched away from the sun."""
    angles = np.arange(12) * np.pi / 6.0
    ring = np.stack((np.cos(angles), np.sin(angles)), axis=-1)
    stretched = ring + 0.45 * (ring @ SUN_SHADOW_PER_M)[:, None] * SUN_SHADOW_PER_M
    middle = trees.at + (trees.height_m - trees.crown_m)[:, None] * SUN_SHADOW_PER_M
    return list(middle[:, None] + trees.crown_m[:, None, None] * stretched)


def _crossings(roads: tuple[Road, ...]) -> shapely.Geometry:
    """The discs where carriageways meet, with room for a zebra."""
    lines = [shapely.LineString(road.line) for road in roads]
    found = []
    for index, line in enumerate(lines):
        for other in range(index):
            meeting = line.intersection(lines[other])
            if isinstance(meeting, shapely.Point) and not meeting.is_empty:
                reach = max(roads[index].width_m, roads[other].width_m) / 2.0 + 5.0
                found.append(meeting.buffer(reach))
    return shapely.union_all(found)


def _rectangle(at: Array, heading_rad: float, length_m: float, width_m: float) -> Array:
    forward = np.array([np.sin(heading_rad), np.cos(heading_rad)]) * length_m / 2.0
    right = np.array([np.cos(heading_rad), -np.sin(heading_rad)]) * width_m / 2.0
    return np.array(
        [at + forward + right, at + forward - right, at - forward - right, at - forward + right]
    )
