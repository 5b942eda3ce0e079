"""XML as a tree whose elements know their line; no document type, no other file, no deep nesting.

A document type, the carrier of entity bombs and of foreign files, is refused. Names are local:
namespaces of one format change with its version (`http://www.dji.com/wpmz/1.0.0` to `1.0.6`).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from xml.parsers import expat

from missions.errors import BadInput
from missions.files.place import place_at
from missions.geodesy import GeoPoint

DEEPEST = 200
MOST_BYTES = 64 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Element:
    """One element: its local name, its own text, what it holds, and where it stands."""

    name: str
    file: str
    line: int
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text without the white space around."""
        return "".join(self.texts).strip()

    def refuse(self, what: str) -> BadInput:
        """The refusal of this element, to be raised."""
        return BadInput(where=f"{self.file}: line {self.line}: {self.name}", what=what)

    def get(self, name: str) -> "Element | None":
        """The first child of a name, if there is one."""
        return next((child for child in self.children if child.name == name), None)

    def at(self, name: str) -> "Element":
        """The first child of a name, which must be there."""
        found = self.get(name)
        if found is None:
            raise self.refuse(f"{name} is missing")
        return found

    def all(self, name: str) -> list["Element"]:
        """The children of a name."""
        return [child for child in self.children if child.name == name]

    def within(self, name: str) -> Iterator["Element"]:
        """All of a name at any depth, in the document's order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.within(name)

    def said(self, name: str, otherwise: str = "") -> str:
        """The text of a child, or `otherwise` where it is missing or empty."""
        found = self.get(name)
        return otherwise if found is None or not found.text else found.text

    def number(self) -> float:
        """Its text as a finite number."""
        return self._number(self.text, "")

    def attribute_number(self, key: str) -> float:
        """An attribute as a finite number, which must be there."""
        if key not in self.attributes:
            raise self.refuse(f'the attribute "{key}" is missing')
        return self._number(self.attributes[key], f"{key}: ")

    def point(self, latitude_deg: float, longitude_deg: float) -> GeoPoint:
        """The place, or the refusal of a place that is none."""
        try:
            return place_at(latitude_deg, longitude_deg)
        except ValueError as error:
            raise self.refuse(str(error)) from error

    def _number(self, text: str, key: str) -> float:
        try:
            value = float(text)
        except ValueError as error:
            raise self.refuse(f'{key}"{text[:40]}" is not a number') from error
        if not math.isfinite(value):
            raise self.refuse(f'{key}"{text[:40]}" is not a finite number')
        return value


def tree_from_xml(text: bytes | str, file: str) -> Element:
    """The root of an XML document; bytes are read in the encoding that they declare.

    Raises:
        BadInput: it is not XML, has a document type, is nested too deep or too large.
    """
    if len(text) > MOST_BYTES:
        raise BadInput(where=file, what=f"more than {MOST_BYTES} bytes")
    builder = _Builder(file)
    parse_xml(text, file, builder)
    if builder.root is None:
        raise BadInput(where=f"{file}: line 1", what="not XML: no element found")
    return builder.root


class Handler(Protocol):
    """What `parse_xml` calls; `line` is the line of the event."""

    line: int

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str, /) -> None:
        """An element ends."""

    def data(self, text: str, /) -> None:
        """Text within the element that began last."""


def parse_xml(text: bytes | str, file: str, handler: Handler) -> None:
    """Run a document through a handler, with local names.

    Raises:
        BadInput: it is not XML, or has a document type: file and line.
    """
    # A text was decoded already: what its declaration says of an encoding is no longer true.
    encoding = "utf-8" if isinstance(text, str) else None
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True

    def refuse_doctype(*_: object) -> None:
        where = f"{file}: line {parser.CurrentLineNumber}"
        raise BadInput(where=where, what="a document type is not accepted")

    def start(tag: str, attributes: dict[str, str]) -> None:
        handler.line = parser.CurrentLineNumber
        handler.start(tag.rpartition(" ")[2], attributes)

    def end(tag: str) -> None:
        handler.line = parser.CurrentLineNumber
        handler.end(tag.rpartition(" ")[2])

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.data
    try:
        parser.Parse(text.encode("utf-8") if isinstance(text, str) else text, True)
    except expat.ExpatError as error:
        what = f"not XML: {expat.ErrorString(error.code).lower()}"
        raise BadInput(where=f"{file}: line {error.lineno}", what=what) from error
    except (LookupError, ValueError) as error:
        # A declared encoding that Python does not know, or that has several bytes a letter.
        raise BadInput(where=f"{file}: line 1", what=f"not XML: {error}") from error


class _Builder:
    def __init__(self, file: str) -> None:
        self.line = 0
        self.root: Element | None = None
        self._file = file
        self._open: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name=name, file=self._file, line=self.line, attributes=attributes)
        if len(self._open) >= DEEPEST:
            raise element.refuse(f"nested deeper than {DEEPEST}")
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].texts.append(text)
