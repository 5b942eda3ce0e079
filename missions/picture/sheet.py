"""The sheet: title, map, legend with findings, and the height profile."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.alike import alike
from missions.area import Shapes, ring_en
from missions.checks import Finding, Severity
from missions.checks.places import flown_items
from missions.geodesy import GeoPoint, LocalPlane
from missions.path import PatrolPath
from missions.picture import palette
from missions.picture.canvas import BOLD, Canvas
from missions.picture.height_profile import draw_profile, ground_below
from missions.picture.map_view import MapView
from missions.plan import Plan
from missions.terrain.surface import Terrain

Array = npt.NDArray[np.float64]

WIDTH, HEIGHT = 1600, 1120
MARGIN, HEAD, SIDE, PROFILE = 20, 76, 350, 230
LINE_PX = 20
SIDE_LETTERS = 44


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
    view.scale_bar()


def _wanted(drawn: Drawn, plane: LocalPlane) -> Array:
    """Everything that the map has to hold: the path, home, and the shapes that the path is for."""
    places = [point.position for point in drawn.path.points]
    if drawn.plan.home is not None:
        places.append(drawn.plan.home.position)
    for polygon in drawn.plan.fence.polygons:
        if polygon.inclusion:
            places.extend(polygon.ring)
    return ring_en(plane, tuple(places))


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
    y += 22
    if not drawn.findings:
        canvas.dot(np.array((left + 7.0, y - 5.0)), 5.0, palette.GOOD)
        canvas.text("nothing found that is wrong", left + 22, y, size=14)
        return
    _findings(canvas, drawn.findings, left, y)


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


def _findings(canvas: Canvas, findings: Sequence[Finding], left: int, y: int) -> None:
    """Each kind of finding once, with the number that its places have on the map."""
    bottom = HEIGHT - PROFILE - MARGIN - LINE_PX
    groups = alike(findings)
    for number, group in enumerate(groups, start=1):
        finding = group[0]
        more = f" ({len(group) - 1} more like it)" if len(group) > 1 else ""
        words = textwrap.wrap(f"{finding.message}; {finding.proposal}{more}", SIDE_LETTERS)
        if y + LINE_PX * len(words) > bottom:
            canvas.text(f"and {len(groups) - number + 1} more", left + 22, y, size=13)
            return
        bad = finding.severity is Severity.ERROR
        canvas.dot(np.array((left + 7.0, y - 5.0)), 8.0, palette.ERROR if bad else palette.WARNING)
        label = str(number)
        middle = left + 7.0 - canvas.width_of(label, size=11, weight=BOLD) / 2.0
        canvas.text(label, middle, y - 1, size=11, colour=palette.PAPER, weight=BOLD)
        for line in words:
            canvas.text(line, left + 22, y, size=13, colour=palette.INK)
            y += LINE_PX - 2
        y += 8


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
