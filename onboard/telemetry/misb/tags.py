"""The items of the UAS Datalink Local Set, from the table beside (`st0601.toml`).

Source: MISB ST 0601.19 (items), ST 0107 (integer mappings), ST 1201 (IMAPB).
"""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from onboard.telemetry.misb.imapb import from_imapb, imapb
from onboard.telemetry.misb.klv import KlvFault, uint_bytes

LONGEST_TEXT = 127

Value = float | int | str | bytes
Kind = Literal["uint", "int", "count", "icount", "imapb", "text", "set"]


class OutOfRange(ValueError):
    """A value that its item cannot hold: the caller's error."""


class Tag(BaseModel):
    """How one item is written: `size` bytes; `low` and `high` in the unit that the name tells."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind
    size: int = 0
    low: float = 0.0
    high: float = 0.0

    def encoded(self, value: Value) -> bytes:
        """The item's value.

        Raises:
            OutOfRange: it does not fit.
        """
        if self.kind == "text":
            return str(value).encode("utf-8")[:LONGEST_TEXT].decode("utf-8", "ignore").encode()
        if isinstance(value, bytes):
            return value
        if isinstance(value, str):
            raise OutOfRange(f"{self.name}: {value!r} is no number")
        if self.kind in ("count", "icount"):
            return self._plain(int(value))
        if not self.low <= value <= self.high:
            raise OutOfRange(f"{self.name}: {value:g} is not within {self.low:g} to {self.high:g}")
        if self.kind == "imapb":
            return imapb(value, self.low, self.high, self.size)
        return self._mapped(value)

    def decoded(self, data: bytes) -> Value | None:
        """The item's value; None where it tells that there is none.

        Raises:
            KlvFault: it is no such item.
        """
        if not data:
            return None
        if self.kind == "set":
            return data
        if self.kind == "text":
            return data.decode("utf-8", errors="replace")
        if self.kind == "imapb":
            value = from_imapb(data, self.low, self.high)
            return value if math.isfinite(value) else None
        if len(data) != self.size and (self.kind in ("uint", "int") or len(data) > 8):
            raise KlvFault(f"{self.name} of {len(data)} bytes")
        return self._number(data)

    def _plain(self, value: int) -> bytes:
        signed = self.kind == "icount"
        try:
            if self.size:
                return value.to_bytes(self.size, "big", signed=signed)
            if signed:
                return value.to_bytes((value.bit_length() + 8) // 8, "big", signed=True)
            return uint_bytes(value)
        except OverflowError as error:
            raise OutOfRange(f"{self.name}: {value} does not fit") from error

    def _mapped(self, value: float) -> bytes:
        if self.kind == "uint":
            share = (value - self.low) / (self.high - self.low)
            return round(share * self._steps).to_bytes(self.size, "big")
        return round(value / self.high * self._steps).to_bytes(self.size, "big", signed=True)

    def _number(self, data: bytes) -> float | int | None:
        whole = int.from_bytes(data, "big", signed=self.kind in ("int", "icount"))
        if self.kind in ("count", "icount"):
            return whole
        if self.kind == "uint":
            return self.low + whole / self._steps * (self.high - self.low)
        return None if whole < -self._steps else whole / self._steps * self.high

    @property
    def _steps(self) -> int:
        """The largest integer that is mapped."""
        return (1 << (8 * self.size - (self.kind == "int"))) - 1


@cache
def tags() -> Mapping[int, Tag]:
    """Every item that is known, by its tag."""
    table = (files(__package__) / "st0601.toml").read_text(encoding="utf-8")
    return {int(tag): Tag.model_validate(row) for tag, row in tomllib.loads(table).items()}


@cache
def numbers() -> Mapping[str, int]:
    """Tags by name."""
    return {tag.name: number for number, tag in tags().items()}
