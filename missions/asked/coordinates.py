"""The coordinate systems that `--crs` names for drawings."""

import argparse
from pathlib import Path

from missions.area import Shapes
from missions.errors import BadInput
from missions.files.by_suffix import PROJECTED_SUFFIXES, read_shapes
from missions.files.coordinate_systems import code_of

READ_FROM = ("source", "area", "avoid", "people", "privacy", "zones")


def asked_drawing(args: argparse.Namespace, file: str) -> Shapes:
    """A drawing that the arguments name, in the system that they say it is in.

    Raises:
        BadInput: `--crs` is not as it should be, or the drawing is not.
    """
    return read_shapes(Path(file), asked_crs(args, file))


def asked_crs(args: argparse.Namespace, file: str) -> str | None:
    """The system for a file: the one given for it, or the one for every Shapefile and GeoJSON.

    Raises:
        BadInput: it is not [FILE=]EPSG:CODE, or names a file that is not read.
    """
    found: str | None = None
    asked: list[str] = args.crs
    for text in asked:
        name, sign, code = text.rpartition("=")
        if code_of(code) is None:
            what = f"{text!r} is not [FILE=]EPSG:CODE, such as EPSG:28411"
            raise BadInput(where="--crs", what=what)
        if sign and name not in _files(args):
            raise BadInput(where="--crs", what=f"{name} is no drawing that is read")
        if name == file:
            return code
        if not sign and Path(file).suffix.lower() in PROJECTED_SUFFIXES:
            found = code
    return found


def _files(args: argparse.Namespace) -> set[str]:
    named = [getattr(args, name, None) for name in READ_FROM]
    return {file for one in named for file in (one if isinstance(one, list) else [one]) if file}
