"""Tables with a header line (CSV), cell by cell, each refusal naming file and line."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput, place_of


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `where` is its file and number. Empty cells are as if the column were not there."""

    where: str
    cells: Mapping[str, str]

    def text(self, name: str) -> str | None:
        """A cell as it stands."""
        return self.cells.get(name) or None

    def optional(self, name: str) -> float | None:
        """A cell's number.

        Raises:
            BadInput: it is no finite number.
        """
        text = self.text(name)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise BadInput(where=f"{self.where}: {name}", what=f"not a number: {text!r:.40}")
        return value

    def number(self, name: str) -> float:
        """A cell's number, which must be there.

        Raises:
            BadInput: it is missing, or no finite number.
        """
        value = self.optional(name)
        if value is None:
            raise BadInput(where=f"{self.where}: {name}", what="is missing")
        return value

    def angle_rad(self, name: str) -> float | None:
        """An angle that stands under `name_rad` or `name_deg`, radians."""
        degrees = self.optional(f"{name}_deg")
        return self.optional(f"{name}_rad") if degrees is None else math.radians(degrees)


def read_rows(path: Path) -> list[Row]:
    """The lines under a header line.

    Raises:
        BadInput: the file cannot be read, or it has no header or no line below it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what="not UTF-8 text") from error
    reader = csv.reader(text.splitlines(), skipinitialspace=True)
    header = [name.strip() for name in next(reader, [])]
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{reader.line_num}"
        if len(cells) > len(header):
            raise BadInput(where=where, what=f"{len(cells)} cells under {len(header)} columns")
        stripped = [cell.strip() for cell in cells]
        rows.append(Row(where, dict(zip(header, stripped, strict=False))))
    if not rows:
        raise BadInput(where=str(path), what="no line under a header line")
    return rows
