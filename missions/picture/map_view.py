"""The map: ground, zones, what is seen, the path with its direction, home and findings."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from missions.alike import alike, some
from missions.area import Area, Ring, Shapes, middle, ring_en
from missions.checks import Finding, Severity
from missions.geodesy import GeoPoint, LocalPlane
from missions.path import PatrolPath
from missions.patterns.ground import polygons_of
from missions.picture import palette
from missions.picture.canvas import BOLD, Canvas
from missions.picture.labels import Labels, around

Array = npt.NDArray[np.float64]

BORDER = 0.08
ARROW_PX = 15.0
BETWEEN_ARROWS_PX = 95.0
LOOK_PX = 22.0
MOST_LOOKS = 160
MOST_NAMES = 40
LONGEST_NAME = 32
HOME_EDGE_PX = 34.0


class MapView:
    """A window on the ground, north up, that holds `points` with a border."""

    def __init__(self, canvas: Canvas, plane: LocalPlane, points: Array) -> None:
        self.canvas, self.plane = canvas, plane
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.array((canvas.width, canvas.height)) * (1.0 - 2.0 * BORDER)
        self.px_per_m = float((room / np.maximum(high - low, 1.0)).min())
        self._middle = (low + high) / 2.0
        self._labels = Labels(canvas)

    def px(self, en: npt.ArrayLike) -> Array:
        """Pixels of metres east and north, shape (n, 2)."""
        points = np.asarray(en, dtype=np.float64).reshape(-1, 2) - self._middle
        half = np.array((self.canvas.width, self.canvas.height)) / 2.0
        return np.asarray(half + points * self.px_per_m * np.array((1.0, -1.0)))

    def ring_px(self, ring: Ring) -> Array:
        """Pixels of a ring or line."""
        return self.px(ring_en(self.plane, ring))

    def grid(self) -> None:
        """Faint lines at round distances."""
        step = round_distance(150.0 / self.px_per_m) * self.px_per_m
        middle = self.px([(0.0, 0.0)])[0]
        for axis, length in ((0, self.canvas.width), (1, self.canvas.height)):
            for at in np.arange(middle[axis] % step, length, step):
                ends = np.array([(at, 0.0), (at, self.canvas.height)])
                across = np.array([(0.0, at), (self.canvas.width, at)])
                self.canvas.line(ends if axis == 0 else across, palette.GRID)

    def shapes(self, shapes: Shapes) -> None:
        """What was drawn: areas, lines and no-fly zones."""
        for area in shapes.areas:
            self.canvas.fill(self._rings(area), palette.AREA, 0.22)
        for line in shapes.lines:
            self.canvas.line(self.ring_px(line.points), palette.AREA, 4.0)
        for zone in shapes.no_fly:
            rings = self._rings(zone)
            self.canvas.fill(rings, palette.ZONE, 0.14)
            self.canvas.hatch(rings, palette.ZONE)
            self.canvas.ring(rings[0], palette.ZONE, 1.5)

    def edges(self, shapes: Shapes) -> None:
        """The edges of the areas, and their holes over whatever is seen of them."""
        for area in shapes.areas:
            rings = self._rings(area)
            for hole in rings[1:]:
                self.canvas.fill([hole], palette.HOLE, 0.5)
                self.canvas.hatch([hole], palette.ZONE, share=0.4)
            for ring in rings:
                self.canvas.ring(ring, palette.AREA, 1.5)

    def _rings(self, area: Area) -> list[Array]:
        return [self.ring_px(ring) for ring in (area.outer, *area.holes)]

    def heat(self, samples: Array) -> None:
        """Where the sought one may be: east, north and mass, shape (n, 3)."""
        low, high = samples[:, :2].min(axis=0), samples[:, :2].max(axis=0)
        step = max(float((high - low).max()) / 120.0, 1e-6)
        cells = np.floor((samples[:, :2] - low) / step).astype(int)
        shape = tuple(cells.max(axis=0)[::-1] + 1)
        field, count = np.zeros(shape), np.zeros(shape)
        np.add.at(field, (cells[:, 1], cells[:, 0]), samples[:, 2])
        np.add.at(count, (cells[:, 1], cells[:, 0]), 1.0)
        # The mean of each cell: cells hold one sample more or less, which a sum would show.
        field /= np.maximum(count, 1.0)
        bright = np.sqrt(field / max(float(np.quantile(field[field > 0.0], 0.99)), 1e-12)) * 0.75
        left, top = self.px([(low[0], low[1] + step * field.shape[0])])[0]
        self.canvas.glow(bright[::-1], left, top, step * self.px_per_m, palette.HEAT)

    def seen(self, *paths: PatrolPath) -> None:
        """The band that the cameras see along paths."""
        bands = [band for path in paths if (band := self._seen_along(path)) is not None]
        self.band(shapely.union_all(bands))

    def _seen_along(self, path: PatrolPath) -> BaseGeometry | None:
        if path.swath_m is None or len(path.points) < 2 or path.pattern == "facade":
            return None
        en = ring_en(self.plane, tuple(point.position for point in path.points))
        half = path.swath_m / 2.0
        legs = [
            LineString(leg).buffer(half, cap_style="flat")
            for leg in itertools.pairwise(en)
            if math.dist(*leg) > 0.1
        ]
        return shapely.union_all([*legs, shapely.MultiPoint(en[1:-1]).buffer(half)])

    def band(self, band: BaseGeometry) -> None:
        """Ground that is seen."""
        for polygon in polygons_of(band):
            rings = [polygon.exterior, *polygon.interiors]
            self.canvas.fill([self.px(ring.coords) for ring in rings], palette.SEEN, 0.16)

    def fence(self, rings: Sequence[Ring]) -> None:
        """The fence that travels with the plan."""
        for ring in rings:
            self.canvas.dashes(self.ring_px((*ring, ring[0])), palette.FENCE, 1.5)

    def transit(self, places: Sequence[GeoPoint]) -> None:
        """The way from home to the path, or back."""
        self.canvas.dashes(self.ring_px(tuple(places)), palette.TRANSIT, 1.5, dash=5.0)

    def path(self, path: PatrolPath) -> None:
        """The path, its colour running from begin to end, with arrows along it."""
        points = self.ring_px(tuple(point.position for point in path.points))
        lengths = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
        total = max(float(lengths.sum()), 1e-9)
        done = 0.0
        self._looks(path, points)
        for (a, b), length in zip(itertools.pairwise(points), lengths, strict=True):
            pieces = min(max(1, math.ceil(length / 30.0)), 200)
            for i in range(pieces):
                ends = np.array((i, i + 1))[:, None] / pieces
                colour = palette.along((done + length * (i + 0.5) / pieces) / total)
                self.canvas.line(a + ends * (b - a), colour, 2.25)
            done += float(length)
        self.arrows(points, None)
        for point, at in zip(path.points, points, strict=True):
            if point.dwell_s > 0.0 or point.action is not None:
                self.canvas.dot(at, 3.0, palette.PAPER, palette.INK)
        if len(points):
            self.canvas.dot(points[-1], 5.0, palette.along(1.0), palette.PAPER)
            self.canvas.dot(points[0], 5.0, palette.along(0.0), palette.PAPER)

    def arrows(self, points: Array, colour: palette.Colour | None) -> None:
        """Arrow heads along a path in pixels, in a colour or in those of the path's run."""
        lengths = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
        total = max(float(lengths.sum()), 1e-9)
        self._labels.avoid(points)
        done, next_arrow = 0.0, BETWEEN_ARROWS_PX / 3.0
        for (a, b), length in zip(itertools.pairwise(points), lengths, strict=True):
            while next_arrow < done + length:
                at = a + (b - a) * (next_arrow - done) / max(length, 1e-9)
                shown = palette.along(next_arrow / total) if colour is None else colour
                self.canvas.arrow(at, b - a, ARROW_PX, shown)
                next_arrow += max(BETWEEN_ARROWS_PX, total / 400.0)
            done += float(length)

    def _looks(self, path: PatrolPath, points: Array) -> None:
        """Where the nose points, or what is looked at, where that is not simply ahead."""
        every = max(1, len(points) // MOST_LOOKS)
        target: Array | None = None
        for i, (point, at) in enumerate(zip(path.points, points, strict=True)):
            if point.gaze is not None:
                looked = point.gaze.at
                target = None if looked is None else self.ring_px((looked,))[0]
            if i % every:
                continue
            if point.heading_rad is not None:
                away = np.array((math.sin(point.heading_rad), -math.cos(point.heading_rad)))
                self.canvas.line(np.array((at, at + LOOK_PX * away)), palette.LOOK, 1.0)
            elif target is not None:
                self.canvas.dashes(np.array((at, target)), palette.LOOK, 0.75, dash=3.0)

    def places(self, shapes: Shapes) -> None:
        """Points of the drawing."""
        for place in shapes.places:
            at = self.ring_px((place.position,))[0]
            self.canvas.dot(at, 4.0, palette.INK, palette.PAPER)
            self._labels.keep_free(at, 5.0)

    def names(self, shapes: Shapes) -> None:
        """The names of the drawing's points and closed areas, where there are few, over all else.

        What there is no room for is left out.
        """
        named = [(place.name, place.position) for place in shapes.places]
        named += [(zone.name, middle(zone.outer)) for zone in shapes.no_fly]
        for name, position in named if len(named) <= MOST_NAMES else []:
            if name:
                self._labels.write(name[:LONGEST_NAME], self.ring_px((position,))[0])

    def home(self, home: GeoPoint) -> None:
        """Where it takes off; out of the window at its edge, with how far it is from there."""
        at = self.ring_px((home,))[0]
        middle_px = np.array((self.canvas.width, self.canvas.height)) / 2.0
        room = (middle_px - HOME_EDGE_PX) / np.maximum(np.abs(at - middle_px), 1e-9)
        if room.min() < 1.0:
            way = at - middle_px
            at = middle_px + way * float(room.min())
            away_m = float(np.hypot(*(way * (1.0 - room.min())))) / self.px_per_m
            ahead = way / float(np.hypot(*way))
            self.canvas.arrow(at + 20.0 * ahead, ahead, 14.0, palette.HOME)
            self._labels.keep_free(at, 8.0)
            self._labels.write(f"home, {away_m:.0f} m from here", at)
        self.canvas.dot(at, 9.0, palette.PAPER, palette.HOME)
        self._labels.keep_free(at, 11.0)
        self.canvas.text("H", at[0] - 4.6, at[1] + 4.8, size=13, weight=BOLD)

    def findings(self, findings: Sequence[Finding]) -> None:
        """The places of findings, those of a kind with its number in the list."""
        numbered = [(i, one) for i, group in enumerate(alike(findings), 1) for one in some(group)]
        shown: set[int] = set()
        for number, finding in numbered:
            if finding.place is None:
                continue
            at = self.ring_px((finding.place,))[0]
            # Many of a kind in one spot are one mark.
            if number in shown and not self._labels.is_clear(around(at, 10.0)):
                continue
            shown.add(number)
            at = self._labels.room_near(at, 10.0)
            bad = finding.severity is Severity.ERROR
            self.canvas.dot(at, 9.0, palette.ERROR if bad else palette.WARNING, palette.PAPER)
            self._labels.keep_free(at, 11.0)
            label = str(number)
            left = at[0] - self.canvas.width_of(label, size=12, weight=BOLD) / 2.0
            self.canvas.text(label, left, at[1] + 4.3, size=12, colour=palette.PAPER, weight=BOLD)

    def keep_free(self, at: Array, radius: float) -> None:
        """Nothing is marked or written over this, pixels."""
        self._labels.keep_free(at, radius)

    def scale_bar(self) -> None:
        """A bar of a round length, and north."""
        metres = round_distance(110.0 / self.px_per_m)
        left, base = 22.0, self.canvas.height - 22.0
        long = metres * self.px_per_m
        if not self._labels.is_clear((left, base - 24.0, left + long, base)):
            left = self.canvas.width - 22.0 - long
        right = left + long
        bar = np.array([(left, base - 6), (left, base), (right, base), (right, base - 6)])
        self.canvas.line(bar, palette.INK, 1.5)
        words = f"{metres / 1000.0:g} km" if metres >= 1000.0 else f"{metres:g} m"
        self.canvas.text(words, left + 6, base - 8, size=13)
        corner = np.array((self.canvas.width - 30.0, 44.0))
        self.canvas.arrow(corner, np.array((0.0, -1.0)), 26.0, palette.INK)
        self.canvas.text("N", corner[0] - 5.5, corner[1] + 30.0, size=14, weight=BOLD)


def round_distance(metres: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or above a distance."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1e-3)))
    return next(power * step for step in (1.0, 2.0, 5.0, 10.0) if power * step >= metres * 0.999)
