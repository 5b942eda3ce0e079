"""The coordinate system of a GeoJSON document: WGS 84, or the one it names or is said to be in.

RFC 7946 knows only WGS 84; the specification of 2008 let a document name another (`crs`), and
programs still write it. Its axes are those of the register turned so that east comes first.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from missions.files.coordinate_systems import Array, as_they_are, degrees_by_code
from missions.files.located import Located

WGS_84_NAMES = ("CRS84", "4326", "CRS83", "4258")
NAME_IT = "name their system with --crs EPSG:CODE"
DEEPEST = 60
NO_DEGREES = 360.0


def put_in_degrees(root: Located, crs: str | None, file: str) -> tuple[str, ...]:
    """Turn a document's coordinates, in place, into degrees on WGS 84; says what was done.

    Raises:
        BadInput: the system is not known, is a link, or a coordinate is nowhere in it.
    """
    code, where, notes = crs, file, []
    named = _named(root)
    if crs is None and named is not None:
        code, where = named.text(), file + ": crs.properties.name"
    elif crs is not None and named is not None:
        notes.append(f'its crs "{named.text()}" is passed over: {crs} was asked for')
    if code is None:
        _refuse_metres(root)
        return ()
    if crs is None and code.endswith(WGS_84_NAMES):
        return ()
    places = list(_places(root.value, 0))
    numbers = np.array([place[:2] for place in places], dtype=np.float64).reshape(-1, 2)
    convert, told = degrees_by_code(code, numbers, where)
    if convert is not as_they_are:
        _put(places, numbers, convert(numbers), root, code)
    return (*notes, *told)


def _named(root: Located) -> Located | None:
    declared = root.get("crs")
    if declared is None or declared.get("properties") is None:
        return None
    properties = declared.at("properties")
    if properties.get("name") is None and properties.get("href") is not None:
        raise properties.at("href").refuse(f"a system behind a link is not read: {NAME_IT}")
    return properties.get("name")


def _refuse_metres(root: Located) -> None:
    """Numbers that are no degrees at all are told from those mistyped."""
    first = next(_places(root.value, 0), None)
    if first is not None and max(abs(first[0]), abs(first[1])) > NO_DEGREES:
        raise root.refuse(f"{first[0]:.12g}, {first[1]:.12g} are no degrees: {NAME_IT}")


def _places(value: Any, depth: int) -> Iterator[list[Any]]:
    """Every position: the lists of numbers below a key `coordinates`."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "coordinates":
                yield from _positions(one, depth)
            elif key in ("features", "geometry", "geometries"):
                yield from _places(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _places(one, depth + 1)


def _positions(value: Any, depth: int) -> Iterator[list[Any]]:
    if not isinstance(value, list) or depth > DEEPEST:
        return
    if len(value) >= 2 and all(type(one) in (int, float) for one in value[:2]):
        if all(abs(one) < 1e15 for one in value[:2]):
            yield value
        return
    for one in value:
        yield from _positions(one, depth + 1)


def _put(places: list[list[Any]], numbers: Array, degrees: Array, root: Located, code: str) -> None:
    for place, (x, y), (longitude, latitude) in zip(places, numbers, degrees.tolist(), strict=True):
        if not (math.isfinite(longitude) and math.isfinite(latitude)):
            raise root.refuse(f"{x:.12g}, {y:.12g} is no place on earth in {code}")
        place[0], place[1] = longitude, latitude
