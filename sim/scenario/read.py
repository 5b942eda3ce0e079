"""Reading a scenario file; what is wrong is named by file, line and key."""

import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from missions.errors import BadInput, place_of
from missions.toml_lines import LineIndex
from sim.scenario.schema import Scenario

SHIPPED = "scenarios"


def read_scenario_file(path: Path) -> Scenario:
    """Read and check a scenario file.

    Raises:
        BadInput: the file cannot be read, is not TOML, or something in it is wrong; the first
            thing wrong is named by line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what=f"is not UTF-8: {error.reason}") from error
    return scenario_from_text(text, where=str(path))


def scenario_from_text(text: str, *, where: str) -> Scenario:
    """A scenario from TOML text; `where` names the text in messages.

    Raises:
        BadInput: see `read_scenario_file`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(where=where, what=str(error)) from error
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        what = first["msg"].removeprefix("Value error, ")
        place = LineIndex(text).place(first["loc"], where=where)
        raise BadInput(where=place, what=what[:1].lower() + what[1:]) from error


def shipped_scenarios() -> dict[str, Path]:
    """The scenarios that come with Qyran, by name."""
    folder = Path(str(files("sim.scenario").joinpath(SHIPPED)))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find_scenario(name_or_path: str) -> Path:
    """A file, or a shipped scenario by its name.

    Raises:
        BadInput: it is neither.
    """
    shipped = shipped_scenarios()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.exists():
        return path
    names = ", ".join(shipped)
    raise BadInput(where=name_or_path, what=f"no such file, nor a shipped scenario ({names})")
