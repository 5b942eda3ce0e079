"""JSON that knows where each value stands, so that a refusal names file, line and key."""

import itertools
import json
import math
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from missions.errors import BadInput, place_of
from missions.files.place import place_at
from missions.geodesy import GeoPoint

WHITESPACE = " \t\n\r"
Step = str | int

MAX_BYTES = 256 * 1024 * 1024


def read_text(path: Path) -> str:
    """The text of a file, UTF-8 with or without a byte order mark.

    Raises:
        BadInput: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(where=str(path), what=f"more than {MAX_BYTES} bytes")
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what=not_utf8(error.start)) from error


def not_utf8(at: int) -> str:
    """Why a text is refused, and the way out."""
    return f"not UTF-8 at byte {at}: save it as UTF-8"


class Located:
    """A value of a JSON document with its way there (`mission.items[3].params`)."""

    def __init__(self, value: Any, *, text: str, file: str, way: tuple[Step, ...] = ()) -> None:
        self.value = value
        self._text = text
        self._file = file
        self._way = way

    @classmethod
    def parse(cls, text: str, file: str) -> "Located":
        """The document's root.

        Raises:
            BadInput: the text is not JSON.
        """

        def refuse(constant: str) -> NoReturn:
            raise ValueError(f"{constant} is not JSON")

        try:
            return cls(json.loads(text, parse_constant=refuse), text=text, file=file)
        except json.JSONDecodeError as error:
            where = f"{file}: line {error.lineno}"
            raise BadInput(where=where, what=f"not JSON: {error.msg.lower()}") from error
        except (ValueError, RecursionError) as error:
            what = str(error) if isinstance(error, ValueError) else "nested too deep"
            raise BadInput(where=file, what=f"not JSON: {what}") from error

    def refuse(self, what: str) -> BadInput:
        """The refusal of this value, to be raised."""
        name = _written(self._way)
        line = self._text.count("\n", 0, _offset(self._text, self._way)) + 1
        return BadInput(where=f"{self._file}: line {line}{': ' if name else ''}{name}", what=what)

    def at(self, step: Step) -> "Located":
        """A key of this object or an index of this list, which must be there."""
        if isinstance(step, str):
            if step not in self.object():
                raise self.refuse(f'"{step}" is missing')
        elif step >= len(self.values()):
            raise self.refuse(f"has {len(self.values())} values, not {step + 1}")
        return self._child(step)

    def get(self, key: str) -> "Located | None":
        """A key of this object, or None when it is not there or null."""
        found = self.object().get(key)
        return None if found is None else self._child(key)

    def _child(self, step: Step) -> "Located":
        return Located(self.value[step], text=self._text, file=self._file, way=(*self._way, step))

    def object(self) -> dict[str, Any]:
        """This value as an object."""
        if not isinstance(self.value, dict):
            raise self.refuse(f"should be an object, not {_kind(self.value)}")
        return self.value

    def values(self) -> list[Any]:
        """This value as a list."""
        if not isinstance(self.value, list):
            raise self.refuse(f"should be a list, not {_kind(self.value)}")
        return self.value

    def each(self) -> list["Located"]:
        """The values of this list."""
        return [self._child(i) for i in range(len(self.values()))]

    def number(self) -> float:
        """This value as a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.refuse(f"should be a number, not {_kind(self.value)}")
        try:
            found = float(self.value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            raise self.refuse("the number is too large")
        return found

    def number_or_nan(self) -> float:
        """This value as a number, `math.nan` for null."""
        return math.nan if self.value is None else self.number()

    def integer(self) -> int:
        """This value as a whole number."""
        number = self.number()
        if number != int(number):
            raise self.refuse(f"should be a whole number, not {self.value}")
        return int(number)

    def text(self) -> str:
        """This value as text."""
        if not isinstance(self.value, str):
            raise self.refuse(f"should be text, not {_kind(self.value)}")
        return self.value

    def boolean(self) -> bool:
        """This value as true or false."""
        if not isinstance(self.value, bool):
            raise self.refuse(f"should be true or false, not {_kind(self.value)}")
        return self.value

    def latitude_longitude(self) -> GeoPoint:
        """The first two numbers of this list, latitude before longitude."""
        return self._point(self.at(0).number(), self.at(1).number())

    def longitude_latitude(self) -> GeoPoint:
        """The first two numbers of this list, longitude before latitude (GeoJSON)."""
        return self._point(self.at(1).number(), self.at(0).number())

    def longitudes_latitudes(self) -> tuple[GeoPoint, ...]:
        """This list's places, each with its longitude before its latitude (GeoJSON)."""
        found = self._plain_pairs()
        if found is None:
            return tuple(point.longitude_latitude() for point in self.each())
        return tuple(
            GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
            for longitude, latitude in found
        )

    def _plain_pairs(self) -> list[list[float]] | None:
        """The first two numbers of each place, where nothing is wrong with any; a million places
        need not be looked at one by one then."""
        values = self.values()
        if not values or set(map(type, values)) != {list} or min(map(len, values)) < 2:
            return None
        pairs = [value[:2] for value in values]
        if not set(map(type, itertools.chain.from_iterable(pairs))) <= {int, float}:
            return None
        try:
            plain = np.array(pairs, dtype=np.float64)
        except OverflowError:
            return None
        return plain.tolist() if bool((np.abs(plain) <= (180.0, 90.0)).all()) else None

    def _point(self, latitude_deg: float, longitude_deg: float) -> GeoPoint:
        try:
            return place_at(latitude_deg, longitude_deg)
        except ValueError as error:
            raise self.refuse(str(error)) from error


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _written(way: tuple[Step, ...]) -> str:
    parts = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
    return parts.removeprefix(".")


def _offset(text: str, way: tuple[Step, ...]) -> int:
    """Where in the text the value at the end of `way` begins; 0 where a key that stands twice
    hides it."""
    try:
        return _found(text, way)
    except (ValueError, IndexError):
        return 0


def _found(text: str, way: tuple[Step, ...]) -> int:
    decoder = json.JSONDecoder()
    at = _skip(text, 0)
    for step in way:
        at = _skip(text, at + 1)
        index = 0
        while True:
            key: Step = index
            if isinstance(step, str):
                key, at = scanstring(text, at + 1, True)
                at = _skip(text, _skip(text, at) + 1)
            if key == step:
                break
            _, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
            index += 1
    return at


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITESPACE:
        at += 1
    return at
