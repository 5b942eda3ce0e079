"""Reads the `[executive]` table of an aircraft's configuration."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from missions.airspace import read_airspace
from missions.airspace.zone import Zone
from missions.errors import BadInput
from missions.toml_file import read_table
from onboard.executive.tasking import Tasking


def read_tasking(file: Path) -> Tasking | None:
    """The tasking of a file; None where it has no such table.

    Raises:
        BadInput: the file cannot be read or is not TOML, or a key or value is wrong; it is named.
    """
    table = read_table(file).get("executive")
    if table is None:
        return None
    try:
        return Tasking.model_validate(zones_from(table, file.resolve().parent))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(("executive", *(str(part) for part in first["loc"])))
        raise BadInput(where=f"{file}: {key}", what=first["msg"].lower()) from error


def zones_from(table: Any, folder: Path) -> Any:
    """The table with its files of zones taken from a folder."""
    zones = table.get("zones") if isinstance(table, dict) else None
    if not isinstance(zones, list):
        return table
    return table | {"zones": [folder / file if isinstance(file, str) else file for file in zones]}


def read_zones(tasking: Tasking) -> tuple[Zone, ...]:
    """The zones that the tasking names.

    Raises:
        BadInput: a file cannot be read or is not airspace; it is named.
    """
    return tuple(zone for file in tasking.zones for zone in read_airspace(file).zones)
