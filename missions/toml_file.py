"""A TOML file as a table or as a model; what is wrong is named by file, line and key."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from missions.errors import BadInput, place_of
from missions.toml_lines import LineIndex

Model = TypeVar("Model", bound=BaseModel)


def read_table(file: Path, *, named: str = "") -> dict[str, Any]:
    """The table of a file, called `named` in a refusal.

    Raises:
        BadInput: it cannot be read, or is not TOML.
    """
    return _read(file, named or str(file))[0]


def read_model(file: Path, model: type[Model]) -> Model:
    """A file as a model.

    Raises:
        BadInput: it cannot be read or is not TOML, or a key or value is wrong.
    """
    table, text = _read(file, str(file))
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        place = LineIndex(text).place(first["loc"], where=str(file))
        raise BadInput(where=place, what=first["msg"].lower()) from error


def _read(file: Path, named: str) -> tuple[dict[str, Any], str]:
    try:
        text = file.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except OSError as error:
        raise place_of(error, named) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(where=named, what=f"not TOML: {error}") from error
