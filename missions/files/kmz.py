"""KMZ: a zip archive around a KML drawing, or around a DJI flight (`wpmz/waylines.wpml`).

Source: OGC 12-007r2 section 6.2 (the first .kml nearest to the root is the drawing).
"""

from dataclasses import replace
from pathlib import PurePosixPath

from missions.area import Shapes
from missions.errors import BadInput
from missions.files.archive import Archive
from missions.files.kml import shapes_from_kml

DJI_NAMES = frozenset(("waylines.wpml", "template.kml"))


def dji_members(archive: Archive) -> dict[str, str]:
    """The members of a DJI flight by their plain names; empty where the archive holds none."""
    found: dict[str, str] = {}
    for name in archive.names():
        path = PurePosixPath(name)
        if path.name in DJI_NAMES and path.parent.name in ("wpmz", ""):
            found.setdefault(path.name, name)
    return found


def shapes_from_kmz(archive: Archive, file: str) -> Shapes:
    """The shapes of the archive's drawing; other drawings in it are noted.

    Raises:
        BadInput: there is no drawing in it, or it is not as KML says: file, member and line.
    """
    drawings = archive.ending(".kml")
    if not drawings:
        raise BadInput(where=file, what="holds no .kml file")
    shapes = shapes_from_kml(archive.read(drawings[0]), archive.where(drawings[0]))
    notes = tuple(f"{name} left out: {drawings[0]} is the drawing" for name in drawings[1:])
    return replace(shapes, notes=(*shapes.notes, *notes))
