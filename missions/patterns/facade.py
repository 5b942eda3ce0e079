"""Scanning the walls of a building: rows or columns before each wall, the camera square to it."""

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry import Polygon

from missions.area import Area, middle
from missions.camera import CameraModel
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import CameraAction, Gaze, PathPoint, PatrolPath
from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside, Point
from missions.patterns.kept_inside import cut, open_ground
from missions.patterns.orbit import FARTHEST_M, LEAST_STANDOFF_M, heading_to

# A corner of the outline is left out where that moves a wall by less than this part of the
# stand-off: a round wall becomes a few flat ones, each square enough to the camera.
SMOOTH_STANDOFFS = 0.05
# Rounding when the stand-off line is cut to the ground that keeps the stand-off.
EASE_M = 0.05
# Of a wall that must be seen before it is said that part of it is not.
UNSEEN_M = 0.5
MOST_WALLS, MOST_PICTURES = 400, 20_000


class Scan(StrEnum):
    """How a wall is scanned."""

    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacadeView:
    """What one picture shows of a wall, and how far apart pictures are taken, metres."""

    width_m: float
    height_m: float
    across_m: float
    up_m: float
    ground_sample_m: float


@dataclass(frozen=True, slots=True)
class _Run:
    """A part of a stand-off line that may be flown, and where the camera looks from it."""

    a: Point
    b: Point
    heading_rad: float


def facade_view(
    camera: CameraModel, *, standoff_m: float, side_overlap: float, front_overlap: float
) -> FacadeView:
    """The picture of a wall that the camera stands square to; overlaps are shares from 0 to 1.

    `side_overlap` is between neighbouring columns or rows, `front_overlap` along them; the larger
    one holds across the wall, so that rows and columns see the same.
    """
    width = 2.0 * standoff_m * math.tan(camera.horizontal_field_of_view_rad / 2.0)
    height = 2.0 * standoff_m * math.tan(camera.vertical_field_of_view_rad / 2.0)
    return FacadeView(
        width_m=width,
        height_m=height,
        across_m=width * (1.0 - max(side_overlap, front_overlap)),
        up_m=height * (1.0 - side_overlap),
        ground_sample_m=width / camera.image_width_px,
    )


def facade(
    building: Area,
    *,
    view: FacadeView,
    standoff_m: float,
    bottom: HeightAboveHome,
    top: HeightAboveHome,
    lowest: HeightAboveHome,
    scan: Scan = Scan.ROWS,
    dwell_s: float = 1.0,
    no_fly: tuple[Area, ...] = (),
    start: GeoPoint | None = None,
) -> PatrolPath:
    """Every wall of a building from `bottom` to `top`, flown `standoff_m` before it.

    In rows the camera is triggered by distance; in columns the vehicle stops for each picture,
    because PX4 counts only metres over the ground. The nose points at the wall. Nothing is flown
    below `lowest`, nearer to any wall than 0.95 of the stand-off, nor over a no-fly zone.

    Raises:
        BadInput: the stand-off or the heights make no sense, or no wall can be flown along.
    """
    where = building.name or "building"
    _judge(where, standoff_m, bottom, top)
    try:
        plane = LocalPlane(middle(building.outer))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    outline, parts = _outline(building, plane, where)
    ground = open_ground(
        outline.buffer(standoff_m),
        plane=plane,
        no_fly=no_fly,
        keep_off=outline.buffer((1.0 - SMOOTH_STANDOFFS) * standoff_m - EASE_M, quad_segs=16),
    )
    smooth = polygons_of(outline.simplify(SMOOTH_STANDOFFS * standoff_m))[0]
    notes = [f"{where}: {parts} parts that do not meet: the largest is scanned"] * (parts > 1)
    runs, unseen_notes = _runs(smooth, standoff_m, ground, view, where)
    notes += unseen_notes
    heights, unseen = _levels(bottom.m, top.m, lowest.m, view)
    if unseen > UNSEEN_M:
        notes.append(f"{where}: the lowest {unseen:.1f} m of the walls are not seen")
    if not runs:
        raise BadInput(where=where, what=f"no wall can be flown along at {standoff_m:g} m")
    runs = _from_nearest(runs, None if start is None else plane.en(start))
    flight = _Flight(plane, Inside(ground), dwell_s if scan is Scan.COLUMNS else 0.0)
    rows = [HeightAboveHome(height) for height in heights]
    for run in runs:
        rows = flight.rows(run, rows) if scan is Scan.ROWS else flight.columns(run, rows, view)
        if len(flight.points) > MOST_PICTURES:
            raise BadInput(where=where, what=f"more than {MOST_PICTURES} places for pictures")
    return PatrolPath(
        pattern="facade",
        points=tuple(flight.points),
        gaze=Gaze(pitch_rad=0.0),
        swath_m=view.height_m if scan is Scan.ROWS else view.width_m,
        trigger_distance_m=view.across_m if scan is Scan.ROWS else None,
        notes=tuple(notes),
        figures={
            "walls": len(runs),
            "levels": len(heights),
            "ground_sample_cm": round(100.0 * view.ground_sample_m, 3),
        },
    )


def _judge(where: str, standoff_m: float, bottom: HeightAboveHome, top: HeightAboveHome) -> None:
    if not LEAST_STANDOFF_M <= standoff_m <= FARTHEST_M:
        what = f"a stand-off of {standoff_m:g} m is not from {LEAST_STANDOFF_M:g} to {FARTHEST_M:g}"
        raise BadInput(where=where, what=what)
    if not (math.isfinite(bottom.m) and math.isfinite(top.m) and bottom.m < top.m):
        what = f"walls from {bottom.m:g} m to {top.m:g} m: give the building's height"
        raise BadInput(where=where, what=what)


def _outline(building: Area, plane: LocalPlane, where: str) -> tuple[Polygon, int]:
    """The outer walls, courtyards filled, clockwise; and how many parts the drawing has."""
    drawn = shapely.make_valid(Polygon(building.polygon(plane).exterior))
    pieces = polygons_of(drawn)
    if not pieces:
        raise BadInput(where=where, what="the outline encloses nothing")
    if len(pieces[0].exterior.coords) > 100_000:
        raise BadInput(where=where, what="the outline has more than 100000 corners")
    return Polygon(shapely.orient_polygons(pieces[0], exterior_cw=True).exterior), len(pieces)


def _runs(
    outline: Polygon, standoff_m: float, ground: Polygon, view: FacadeView, where: str
) -> tuple[list[_Run], list[str]]:
    corners = np.array(shapely.orient_polygons(outline, exterior_cw=True).exterior.coords)
    if len(corners) - 1 > MOST_WALLS:
        what = f"{len(corners) - 1} walls: at most {MOST_WALLS} are scanned, simplify the outline"
        raise BadInput(where=where, what=what)
    runs, notes = [], []
    for number, (a, b) in enumerate(itertools.pairwise(corners), start=1):
        along = (b - a) / np.hypot(*(b - a))
        # The ring runs clockwise: outside is to the left of each wall.
        out = np.array((-along[1], along[0])) * standoff_m
        (c, d), (e, f) = (a + out).tolist(), (b + out).tolist()
        pieces = cut((c, d), (e, f), ground)
        heading = heading_to((0.0, 0.0), (-out[0], -out[1]))
        runs += [_Run(*piece, heading) for piece in pieces]
        unseen = _unseen_m(pieces, a + out, along, float(np.hypot(*(b - a))), view.width_m)
        if unseen > UNSEEN_M:
            notes.append(
                f"{where}: {unseen:.1f} m of wall {number} are not seen: no place before them "
                f"is {standoff_m:g} m off every wall and out of the no-fly zones"
            )
    return runs, notes


def _unseen_m(
    pieces: list[tuple[Point, Point]],
    first: np.ndarray,
    along: np.ndarray,
    length_m: float,
    width_m: float,
) -> float:
    seen = [
        shapely.LineString(
            [
                (float((np.array(c) - first) @ along) - width_m / 2.0, 0.0),
                (float((np.array(d) - first) @ along) + width_m / 2.0, 0.0),
            ]
        )
        for c, d in pieces
    ]
    wall = shapely.LineString([(0.0, 0.0), (length_m, 0.0)])
    return float(wall.difference(shapely.union_all(seen)).length)


def _levels(
    bottom_m: float, top_m: float, lowest_m: float, view: FacadeView
) -> tuple[list[float], float]:
    """Heights of the rows, and how much above the bottom is not seen from the lowest of them."""
    heights = [max(lowest_m, one) for one in _spread(bottom_m, top_m, view.height_m, view.up_m)]
    distinct = sorted(set(heights))
    unseen = distinct[0] - view.height_m / 2.0 - bottom_m
    return distinct, max(0.0, min(unseen, top_m - bottom_m))


def _spread(first: float, last: float, seen: float, apart: float) -> list[float]:
    """Middles of pictures that show all from first to last, evenly, no further apart than that."""
    if last - first <= seen:
        return [(first + last) / 2.0]
    count = math.ceil((last - first - seen) / apart - 1e-9) + 1
    if count > MOST_PICTURES:
        raise BadInput(where="facade", what=f"more than {MOST_PICTURES} places for pictures")
    return [float(one) for one in np.linspace(first + seen / 2.0, last - seen / 2.0, count)]


def _from_nearest(runs: list[_Run], start: Point | None) -> list[_Run]:
    """Clockwise round the building, beginning with the run whose near end is nearest to start."""
    if start is None:
        return runs
    first = min(range(len(runs)), key=lambda i: math.dist(runs[i].a, start))
    return runs[first:] + runs[:first]


class _Flight:
    """The points flown so far."""

    def __init__(self, plane: LocalPlane, inside: Inside, dwell_s: float) -> None:
        self.points: list[PathPoint] = []
        self._plane = plane
        self._inside = inside
        self._dwell_s = dwell_s
        self._at: Point | None = None

    def rows(self, run: _Run, heights: list[HeightAboveHome]) -> list[HeightAboveHome]:
        """One wall in rows; answers the heights in the order in which the next wall has them."""
        ends = (run.a, run.b)
        for i, height in enumerate(heights):
            first, last = ends if i % 2 == 0 else ends[::-1]
            self._go(first, height, run)
            self._add(last, height, run)
        return heights[::-1]

    def columns(
        self, run: _Run, heights: list[HeightAboveHome], view: FacadeView
    ) -> list[HeightAboveHome]:
        """One wall in columns, a picture at each height of each."""
        length = math.dist(run.a, run.b)
        for along in _spread(
            -view.width_m / 2.0, length + view.width_m / 2.0, view.width_m, view.across_m
        ):
            share = min(max(along / length, 0.0), 1.0)
            at = (
                run.a[0] + share * (run.b[0] - run.a[0]),
                run.a[1] + share * (run.b[1] - run.a[1]),
            )
            for i, height in enumerate(heights):
                if i == 0:
                    self._go(at, height, run, photo=True)
                else:
                    self._add(at, height, run, photo=True)
            heights = heights[::-1]
        return heights

    def _go(self, to: Point, height: HeightAboveHome, run: _Run, *, photo: bool = False) -> None:
        """There by a way round the corner, which is flown at the height come from."""
        before = self.points[-1].height if self.points else height
        if self._at is not None and math.dist(self._at, to) > EASE_M:
            way = self._inside.route(self._at, to)
            for point in way[1:-1] if before == height else way[1:]:
                self._add(point, before, run)
        self._add(to, height, run, photo=photo)

    def _add(self, at: Point, height: HeightAboveHome, run: _Run, *, photo: bool = False) -> None:
        self._at = at
        self.points.append(
            PathPoint(
                position=self._plane.geo(*at),
                height=height,
                heading_rad=run.heading_rad,
                dwell_s=self._dwell_s if photo else 0.0,
                action=CameraAction.PHOTO if photo else None,
            )
        )
