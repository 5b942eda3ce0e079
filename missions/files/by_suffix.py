"""Which format a file is in, by its suffix."""

import contextlib
import os
from pathlib import Path

from missions.area import Area, Line, Shapes
from missions.errors import BadInput
from missions.files.geojson import geojson_from_plan, shapes_from_geojson
from missions.files.kml import shapes_from_kml
from missions.files.located import Located, read_text
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan
from missions.files.waypoints import plan_from_waypoints, waypoints_from_plan
from missions.plan import Plan

PLAN_READERS = {".plan": plan_from_qgc, ".waypoints": plan_from_waypoints}
SHAPE_READERS = {
    ".geojson": shapes_from_geojson,
    ".json": shapes_from_geojson,
    ".kml": shapes_from_kml,
}
PLAN_WRITERS = (".plan", ".waypoints", ".geojson")


def read_plan(path: Path) -> Plan:
    """The plan of a .plan or .waypoints file.

    Raises:
        BadInput: the file cannot be read or is not as its format says: file, line, key, reason.
    """
    reader = PLAN_READERS.get(path.suffix.lower())
    if reader is None:
        raise _unknown(path, tuple(PLAN_READERS))
    return reader(read_text(path), str(path))


def read_shapes(path: Path) -> Shapes:
    """The areas, lines and points of a GeoJSON, KML or .plan file (there: surveys and fences).

    Raises:
        BadInput: the file cannot be read or is not as its format says: file, line, key, reason.
    """
    if path.suffix.lower() == ".plan":
        return _shapes_of_plan(read_plan(path), path)
    reader = SHAPE_READERS.get(path.suffix.lower())
    if reader is None:
        raise _unknown(path, (*SHAPE_READERS, ".plan"))
    return reader(read_text(path), str(path))


def write_plan(plan: Plan, path: Path) -> tuple[str, ...]:
    """Write a plan as .plan, .waypoints or .geojson; says what the format could not hold.

    Raises:
        BadInput: the suffix is not known or the file cannot be written.
    """
    suffix, notes = path.suffix.lower(), ()
    lost: tuple[str, ...] = notes
    if suffix == ".plan":
        text = qgc_from_plan(plan)
    elif suffix == ".waypoints":
        text, lost = waypoints_from_plan(plan)
    elif suffix == ".geojson":
        text = geojson_from_plan(plan)
    else:
        raise _unknown(path, PLAN_WRITERS)
    write_text(path, text)
    return lost


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        BadInput: it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as writing:
            writing.write(text)
            writing.flush()
            os.fsync(writing.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise BadInput(where=str(path), what=(error.strerror or str(error)).lower()) from error


def _shapes_of_plan(plan: Plan, path: Path) -> Shapes:
    drawn = [Located(dict(one.source), text="{}", file=str(path)) for one in plan.complex_items]
    return Shapes(
        areas=tuple(
            Area(outer=tuple(point.latitude_longitude() for point in one.at("polygon").each()))
            for one in drawn
            if "polygon" in one.value
        ),
        lines=tuple(
            Line(points=tuple(point.latitude_longitude() for point in one.at("polyline").each()))
            for one in drawn
            if "polyline" in one.value
        ),
        no_fly=tuple(
            Area(outer=polygon.ring) for polygon in plan.fence.polygons if not polygon.inclusion
        ),
    )


def _unknown(path: Path, known: tuple[str, ...]) -> BadInput:
    return BadInput(where=str(path), what=f"should end in {', '.join(known)}")
