"""The picture of a fleet: every drone's paths in its own colour, docks, and who does what."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from missions.area import Shapes, ring_en
from missions.checks import Finding
from missions.fleet.fleet_work import DroneWork, FleetWork
from missions.geodesy import GeoPoint, LocalPlane
from missions.path import PatrolPath
from missions.picture import palette
from missions.picture.canvas import BOLD, Canvas
from missions.picture.findings_list import LINE_PX, SIDE_LETTERS, draw_findings
from missions.picture.map_view import MapView

WIDTH, HEIGHT = 1600, 1000
MARGIN, HEAD, SIDE = 20, 76, 360
# Told apart on the dark map; a ninth drone is drawn like the first, its number beside it.
COLOURS = (
    (0xC5, 0xD6, 0x3A),
    (0x5E, 0xD3, 0xF4),
    (0x7A, 0xE0, 0x7F),
    (0xFF, 0x8A, 0xC8),
    (0x5A, 0x8F, 0xFF),
    (0xFF, 0xB3, 0x6B),
    (0xD9, 0x9A, 0xFF),
    (0xE8, 0xE8, 0xE8),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFleet:
    """What the sheet shows; `starts_s` is when each drone's flights begin."""

    title: str
    work: FleetWork
    starts_s: Sequence[Sequence[float]]
    shapes: Shapes
    facts: Sequence[str] = ()
    findings: Sequence[Finding] = ()


def write_fleet_picture(drawn: DrawnFleet, path: Path) -> None:
    """Write the sheet as a PNG.

    Raises:
        BadInput: it cannot be written.
    """
    fleet_sheet(drawn).write(path)


def fleet_sheet(drawn: DrawnFleet) -> Canvas:
    """The sheet, drawn."""
    canvas = Canvas(WIDTH, HEIGHT, palette.PAPER)
    end = canvas.text(drawn.title, MARGIN, 46, size=28, weight=BOLD)
    words = f"{len(drawn.work.drones)} drones"
    canvas.text(words, end + 16, 46, size=20, colour=palette.MUTED)
    right = WIDTH - SIDE - MARGIN
    ground = canvas.window(MARGIN, HEAD, right, HEIGHT - MARGIN)
    wide, high = ground.width - 0.5, ground.height - 0.5
    box = np.array([(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)])
    ground.fill([box], palette.MAP)
    _map(ground, drawn)
    ground.ring(box, palette.FRAME, 1.0)
    _side(canvas, drawn, right + MARGIN)
    return canvas


def _map(canvas: Canvas, drawn: DrawnFleet) -> None:
    paths = [(i, path) for i, one in enumerate(drawn.work.drones) for path in one.paths]
    places = [point.position for _, path in paths for point in path.points]
    docks = {one.drone.dock: None for one in drawn.work.drones if one.drone.docked}
    plane = LocalPlane(places[0])
    view = MapView(canvas, plane, ring_en(plane, (*places, *docks)))
    view.grid()
    view.shapes(drawn.shapes)
    view.seen(*(path for _, path in paths))
    view.edges(drawn.shapes)
    for i, path in paths:
        _transits(view, drawn.work.drones[i], path)
    for i, path in paths:
        _path(view, path, COLOURS[i % len(COLOURS)], str(i + 1))
    view.places(drawn.shapes)
    for dock in docks:
        view.home(dock)
    view.findings(drawn.findings)
    view.names(drawn.shapes)
    view.scale_bar()


def _transits(view: MapView, one: DroneWork, path: PatrolPath) -> None:
    """Straight, as most are: what is gone round is in the plan."""
    first, last = path.points[0].position, path.points[-1].position
    home: GeoPoint = one.drone.dock if one.drone.docked else first
    view.transit([home, first])
    view.transit([last, home])


def _path(view: MapView, path: PatrolPath, colour: palette.Colour, name: str) -> None:
    points = view.ring_px(tuple(point.position for point in path.points))
    if len(points) > 1:
        view.canvas.line(points, colour, 2.5)
        view.arrows(points, colour)
    for point, at in zip(path.points, points, strict=True):
        if point.dwell_s > 0.0 or point.action is not None:
            view.canvas.dot(at, 3.0, palette.PAPER, colour)
    view.canvas.dot(points[-1], 5.0, colour, palette.PAPER)
    view.canvas.dot(points[0], 9.0, colour, palette.PAPER)
    view.keep_free(points[0], 10.0)
    left = points[0][0] - view.canvas.width_of(name, size=12, weight=BOLD) / 2.0
    view.canvas.text(name, left, points[0][1] + 4.3, size=12, colour=palette.PAPER, weight=BOLD)


def _side(canvas: Canvas, drawn: DrawnFleet, left: int) -> None:
    y = HEAD + 14
    for fact in drawn.facts:
        for words in textwrap.wrap(fact, SIDE_LETTERS):
            canvas.text(words, left, y, size=15)
            y += LINE_PX
        y += 6
    y += 12
    for i, (one, starts) in enumerate(zip(drawn.work.drones, drawn.starts_s, strict=True)):
        if y > HEIGHT - MARGIN - LINE_PX:
            canvas.text(f"and {len(drawn.work.drones) - i} more", left + 34, y, size=13)
            return
        canvas.dot(np.array((left + 9.0, y - 5.0)), 9.0, COLOURS[i % len(COLOURS)])
        canvas.text(str(i + 1), left + 5, y - 1, size=11, colour=palette.PAPER, weight=BOLD)
        canvas.text(_told(one, starts), left + 34, y, size=13, colour=palette.MUTED)
        y += LINE_PX + 4
    draw_findings(canvas, drawn.findings, left, y + 22, bottom=HEIGHT - MARGIN)


def _told(one: DroneWork, starts_s: Sequence[float]) -> str:
    if not one.paths:
        return f"{one.drone.name}: nothing to do"
    flights = "" if len(one.paths) == 1 else f" in {len(one.paths)} flights"
    begins = starts_s[0] / 60.0
    return f"{one.drone.name}: {one.done_s / 60.0:.1f} min{flights}, begins at {begins:.1f} min"
