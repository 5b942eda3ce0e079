"""The sheet: title, map, legend with findings, and the height profile."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.area import Shapes, ring_en
from missions.checks import Finding
from missions.checks.places import flown_items
from missions.geodesy import GeoPoint, LocalPlane
from missions.path import PatrolPath
from missions.picture import palette
from missions.picture.canvas import BOLD, Canvas
from missions.picture.findings_list import LINE_PX, SIDE_LETTERS, draw_findings
from missions.picture.height_profile import draw_profile, ground_below
from missions.picture.map_view import MapView
from missions.plan import Plan
from missions.terrain.surface import Terrain

Array = npt.NDArray[np.float64]

WIDTH, HEIGHT = 1600, 1120
MARGIN, HEAD, SIDE, PROFILE = 20, 76, 350, 230
# A path that is smaller than its surroundings by this is shown without them.
FAR_AWAY = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a sheet shows: `facts` are its lines of text; `heat` is where a search is likely to
    find, shape (n, 3): latitude, longitude (degrees) and mass; `terrain` is the ground below."""

    title: str
    plan: Plan
    path: PatrolPath
    shapes: Shapes
    findings: Sequence[Finding] = ()
    facts: Sequence[str] = ()
    heat: Array | None = field(default=None, compare=False)
    terrain: Terrain | None = field(default=None, compare=False)


def write_picture(drawn: Drawn, path: Path) -> None:
    """Write the sheet as a PNG.

    Raises:
        BadInput: it cannot be written.
    """
    sheet(drawn).write(path)


def sheet(drawn: Drawn) -> Canvas:
    """The sheet, drawn."""
    canvas = Canvas(WIDTH, HEIGHT, palette.PAPER)
    _head(canvas, drawn)
    right, bottom = WIDTH - SIDE - MARGIN, HEIGHT - PROFILE - MARGIN
    ground = canvas.window(MARGIN, HEAD, right, bottom)
    ground.fill([_box(ground)], palette.MAP)
    _map(ground, drawn)
    ground.ring(_box(ground), palette.FRAME, 1.0)
    _side(canvas, drawn, right + MARGIN)
    profile = canvas.window(MARGIN, bottom + 12, WIDTH - MARGIN, HEIGHT - 12)
    _profile(profile, drawn)
    return canvas


def _box(canvas: Canvas) -> Array:
    wide, high = canvas.width - 0.5, canvas.height - 0.5
    return np.array([(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)])


def _head(canvas: Canvas, drawn: Drawn) -> None:
    end = canvas.text(drawn.title, MARGIN, 46, size=28, weight=BOLD)
    if drawn.path.pattern != drawn.title:
        canvas.text(drawn.path.pattern, end + 16, 46, size=20, colour=palette.MUTED)


def _map(canvas: Canvas, drawn: Drawn) -> None:
    path, plan = drawn.path, drawn.plan
    first, last = path.points[0].position, path.points[-1].position
    plane = LocalPlane(first)
    view = MapView(canvas, plane, _wanted(drawn, plane))
    view.grid()
    view.shapes(drawn.shapes)
    if drawn.heat is not None and len(drawn.heat):
        en = plane.en_from_geo(drawn.heat[:, 0], drawn.heat[:, 1])
        view.heat(np.column_stack((en, drawn.heat[:, 2])))
    view.seen(path)
    view.edges(drawn.shapes)
    view.fence([polygon.ring for polygon in plan.fence.polygons if polygon.inclusion])
    if plan.home is not None:
        out, back = _transits(drawn)
        view.transit([plan.home.position, *out, first])
        view.transit([last, *back, plan.home.position])
    view.path(path)
    view.places(drawn.shapes)
    if plan.home is not None:
        view.home(plan.home.position)
    view.findings(drawn.findings)
    view.names(drawn.shapes)
    view.scale_bar()


def _wanted(drawn: Drawn, plane: LocalPlane) -> Array:
    """What the map has to hold: the path with home and fence round it, or with the drawing alone
    where home is so far away that nothing could be made out."""
    flown = ring_en(plane, tuple(point.position for point in drawn.path.points))
    places = [one for one in drawn.plan.fence.polygons if one.inclusion]
    around = [point for one in places for point in one.ring]
    if drawn.plan.home is not None:
        around.append(drawn.plan.home.position)
    if not around:
        return flown
    whole = np.vstack((flown, ring_en(plane, tuple(around))))
    if np.ptp(whole, axis=0).max() <= FAR_AWAY * np.ptp(flown, axis=0).max():
        return whole
    return np.vstack((flown, *(ring_en(plane, area.outer) for area in drawn.shapes.areas)))


def _transits(drawn: Drawn) -> tuple[list[GeoPoint], list[GeoPoint]]:
    """The plan's places before the path begins and after it ends."""
    flown = [one.place for one in flown_items(drawn.plan)]
    own = {point.position for point in drawn.path.points}
    at = [i for i, place in enumerate(flown) if place in own]
    if not at:
        return [], []
    return flown[1 : at[0]], flown[at[-1] + 1 :]


def _side(canvas: Canvas, drawn: Drawn, left: int) -> None:
    y = HEAD + 14
    for fact in drawn.facts:
        for words in textwrap.wrap(fact, SIDE_LETTERS):
            canvas.text(words, left, y, size=15)
            y += LINE_PX
        y += 4
    y = _legend(canvas, drawn, left, y + 14)
    draw_findings(canvas, drawn.findings, left, y + 22, bottom=HEIGHT - PROFILE - MARGIN)


def _legend(canvas: Canvas, drawn: Drawn, left: int, y: int) -> int:
    seen = drawn.path.swath_m is not None and drawn.path.pattern != "facade"
    rows = [
        ("path, from begin to end", None),
        ("seen by the camera", palette.SEEN if seen else 0),
        ("way from and to home", palette.TRANSIT if drawn.plan.home is not None else 0),
        ("likely places", palette.HEAT if drawn.heat is not None else 0),
        ("fence", palette.FENCE if drawn.plan.fence.polygons else 0),
        ("no-fly zone, or a hole in the area", palette.ZONE if _closed(drawn.shapes) else 0),
    ]
    for words, colour in rows:
        if colour == 0:
            continue
        _swatch(canvas, left, y - 5, colour if isinstance(colour, tuple) else None)
        canvas.text(words, left + 40, y, size=13, colour=palette.MUTED)
        y += LINE_PX
    return y


def _closed(shapes: Shapes) -> bool:
    return bool(shapes.no_fly) or any(area.holes for area in shapes.areas)


def _swatch(canvas: Canvas, left: int, y: int, colour: palette.Colour | None) -> None:
    for i in range(28):
        ends = np.array([(left + i, y), (left + i + 1, y)], dtype=np.float64)
        canvas.line(ends, palette.along(i / 27.0) if colour is None else colour, 3.0)


def _profile(canvas: Canvas, drawn: Drawn) -> None:
    flown = flown_items(drawn.plan)
    heights = [one.height_m(drawn.plan) for one in flown]
    places = [one.place for one in flown]
    if drawn.plan.home is not None and flown:
        places = [drawn.plan.home.position, *places, drawn.plan.home.position]
        heights = [0.0, *heights, heights[-1]]
    known = np.isfinite(np.array(heights))
    if known.sum() < 2:
        return
    plane = LocalPlane(places[0])
    en = ring_en(plane, tuple(places))
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(en, axis=0).T))))
    ground = None
    if drawn.terrain is not None:
        ground = ground_below(drawn.terrain, plane, along, en)
    draw_profile(canvas, along[known], np.array(heights)[known], ground)
