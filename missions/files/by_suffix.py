"""Which format a file is in, by its suffix.

A plan says what is flown: .plan, .waypoints and DJI's .kmz. A drawing says where: GeoJSON, KML,
KMZ, Shapefile, GPX and CSV. A plan can be read as a drawing too.
"""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from missions.area import Area, Line, Place, Shapes
from missions.errors import BadInput
from missions.files.archive import Archive, read_bytes
from missions.files.csv_places import shapes_from_csv
from missions.files.csv_text import text_of_csv
from missions.files.geojson import (
    geojson_from_plan,
    geojson_from_shapes,
    lost_in_geojson,
    shapes_from_geojson,
)
from missions.files.gpx import shapes_from_gpx
from missions.files.kml import shapes_from_kml
from missions.files.kml_write import kml_from_plan, kml_from_shapes
from missions.files.kmz import dji_members, shapes_from_kmz
from missions.files.located import Located, read_text
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_and_lost
from missions.files.waypoints import plan_from_waypoints, waypoints_from_plan
from missions.files.wpml import plan_from_wpml
from missions.files.wpml_document import DjiModel
from missions.files.wpml_write import wpml_from_plan
from missions.geodesy import GeoPoint
from missions.plan import Command, Plan

PLAN_SUFFIXES = (".plan", ".waypoints", ".kmz")
DRAWING_SUFFIXES = (".geojson", ".json", ".kml", ".kmz", ".shp", ".gpx", ".csv")
# What may be in another system than degrees on WGS 84.
PROJECTED_SUFFIXES = (".shp", ".geojson", ".json")
PLAN_WRITERS = (".plan", ".waypoints", ".kmz", ".kml", ".geojson")
DRAWING_WRITERS = (".geojson", ".json", ".kml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What `convert` wrote: how many mission items or shapes, and what was lost on the way."""

    kind: str
    count: int
    notes: tuple[str, ...]


def read_plan(path: Path) -> Plan:
    """The plan of a .plan, a .waypoints or a DJI .kmz file.

    Raises:
        BadInput: the file cannot be read or is not as its format says: file, line, key, reason.
    """
    suffix = path.suffix.lower()
    if suffix == ".plan":
        return plan_from_qgc(read_text(path), str(path))
    if suffix == ".waypoints":
        return plan_from_waypoints(read_text(path), str(path))
    if suffix == ".kmz":
        return _dji_plan(path)
    raise _unknown(path, PLAN_SUFFIXES)


def read_shapes(path: Path, crs: str | None = None) -> Shapes:
    """The areas, lines and places of a drawing, or of a plan: its surveys, path and no-fly areas.

    `crs` is the system of a Shapefile's or GeoJSON's coordinates (EPSG:CODE), whatever it says.

    Raises:
        BadInput: the file cannot be read or is not as its format says: file, line, key, reason.
    """
    suffix = path.suffix.lower()
    if suffix == ".shp":
        # pyshp is loaded where it is needed.
        from missions.files.esri_shapefile import shapes_from_shapefile

        return shapes_from_shapefile(path, crs)
    if suffix in (".geojson", ".json"):
        return shapes_from_geojson(read_text(path), str(path), crs)
    if crs is not None:
        raise BadInput(where=str(path), what=f"a {suffix} is always in degrees on WGS 84: no --crs")
    if suffix == ".kmz":
        archive = Archive(read_bytes(path), str(path))
        if not dji_members(archive):
            return shapes_from_kmz(archive, str(path))
    if suffix in PLAN_SUFFIXES:
        return _shapes_of_plan(read_plan(path), path)
    if suffix in (".kml", ".gpx"):
        read_xml: Callable[[bytes, str], Shapes] = (
            shapes_from_kml if suffix == ".kml" else shapes_from_gpx
        )
        return read_xml(read_bytes(path), str(path))
    if suffix == ".csv":
        text, notes = text_of_csv(read_bytes(path), str(path))
        shapes = shapes_from_csv(text, str(path))
        return replace(shapes, notes=(*notes, *shapes.notes))
    raise _unknown(path, (*DRAWING_SUFFIXES, *PLAN_SUFFIXES[:2]))


def write_plan(plan: Plan, path: Path, *, dji: DjiModel | None = None) -> tuple[str, ...]:
    """Write a plan as its suffix says; answers with what the format could not hold.

    A .kmz is a DJI flight, for the model given.

    Raises:
        BadInput: the suffix is not known or the file cannot be written.
        Failed: the format needs something that the plan does not have.
    """
    suffix = path.suffix.lower()
    lost: tuple[str, ...]
    if suffix == ".kmz":
        content, lost = wpml_from_plan(plan, dji)
        write_bytes(path, content)
        return (*lost, *_forgotten(plan, suffix))
    if suffix == ".plan":
        text, lost = qgc_and_lost(plan)
    elif suffix == ".waypoints":
        text, lost = waypoints_from_plan(plan)
    elif suffix == ".geojson":
        text, lost = geojson_from_plan(plan), lost_in_geojson(plan)
    elif suffix == ".kml":
        text, lost = kml_from_plan(plan, path.stem)
    else:
        raise _unknown(path, PLAN_WRITERS)
    write_text(path, text)
    return (*lost, *_forgotten(plan, suffix))


def _forgotten(plan: Plan, suffix: str) -> tuple[str, ...]:
    """What it was made for is kept by a .plan only."""
    known = plan.made_for
    if known is None or suffix == ".plan" or (known.vehicle is None and known.camera is None):
        return ()
    return (f"a {suffix} does not say that it was made for {known.says}: give --vehicle, --camera",)


def write_shapes(shapes: Shapes, path: Path) -> None:
    """Write a drawing as GeoJSON or KML.

    Raises:
        BadInput: the suffix is not known or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in DRAWING_WRITERS:
        raise _unknown(path, DRAWING_WRITERS)
    text = kml_from_shapes(shapes, path.stem) if suffix == ".kml" else geojson_from_shapes(shapes)
    write_text(path, text)


def convert(
    source: Path, target: Path, *, dji: DjiModel | None = None, crs: str | None = None
) -> Converted:
    """Turn one file into another: a plan into any format, a drawing into another drawing.

    Raises:
        BadInput: a file cannot be read or written, or a drawing should become a plan.
        Failed: the format needs something that the plan does not have.
    """
    if holds_plan(source):
        plan = read_plan(source)
        lost = write_plan(plan, target, dji=dji)
        return Converted(kind="items", count=len(plan.items), notes=(*plan.notes, *lost))
    shapes = read_shapes(source, crs)
    if target.suffix.lower() not in DRAWING_WRITERS:
        what = f"{source.name} is a drawing: it can become {', '.join(DRAWING_WRITERS)}"
        raise BadInput(where=str(target), what=f"{what}; `qyran plan` makes a plan of it")
    write_shapes(shapes, target)
    groups = (shapes.areas, shapes.no_fly, shapes.lines, shapes.places)
    return Converted(kind="shapes", count=sum(map(len, groups)), notes=shapes.notes)


def holds_plan(path: Path) -> bool:
    """Whether a file says what is flown, not only where.

    Raises:
        BadInput: it is a .kmz that cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".kmz":
        return bool(dji_members(Archive(read_bytes(path), str(path))))
    return suffix in PLAN_SUFFIXES


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        BadInput: it cannot be written.
    """
    # Half a surrogate pair, which JSON can hold, is no text that UTF-8 can.
    write_bytes(path, text.encode("utf-8", "replace"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        BadInput: it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise BadInput(where=str(path), what=(error.strerror or str(error)).lower()) from error


def _dji_plan(path: Path) -> Plan:
    archive = Archive(read_bytes(path), str(path))
    members = dji_members(archive)
    if not members:
        raise BadInput(where=str(path), what="is a drawing, not a flight: no wpmz/waylines.wpml")
    texts = {name: archive.read(member) for name, member in members.items()}
    return plan_from_wpml(texts.get("waylines.wpml"), texts.get("template.kml"), str(path))


def _shapes_of_plan(plan: Plan, path: Path) -> Shapes:
    drawn = [Located(dict(one.source), text="{}", file=str(path)) for one in plan.complex_items]
    lines = [
        Line(points=tuple(point.latitude_longitude() for point in one.at("polyline").each()))
        for one in drawn
        if "polyline" in one.value
    ]
    areas = [
        Area(outer=tuple(point.latitude_longitude() for point in one.at("polygon").each()))
        for one in drawn
        if "polygon" in one.value
    ]
    flown = _flown(plan)
    if not drawn and len(flown) > 1:
        lines.append(Line(points=flown, name="path"))
    return Shapes(
        areas=tuple(areas),
        lines=tuple(lines),
        places=tuple(Place(position=point, name=str(i)) for i, point in enumerate(flown))
        if not drawn
        else (),
        no_fly=tuple(
            Area(outer=polygon.ring) for polygon in plan.fence.polygons if not polygon.inclusion
        ),
        notes=plan.notes,
    )


def _flown(plan: Plan) -> tuple[GeoPoint, ...]:
    return tuple(
        GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        for item in plan.items
        if item.has_position
        and item.command in (Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME)
        and item.latitude_deg == item.latitude_deg
        and item.longitude_deg == item.longitude_deg
    )


def _unknown(path: Path, known: tuple[str, ...]) -> BadInput:
    return BadInput(where=str(path), what=f"should end in {', '.join(known)}")
