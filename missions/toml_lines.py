"""Where a key stands in a TOML file: line numbers for messages, which `tomllib` does not keep.

Only headers and keys at the beginning of a line are looked at; a key within an inline table or an
array is found at the line where that table begins, or, in an array over many lines, at its element.
"""

import re
from collections.abc import Sequence

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")


class LineIndex:
    """The lines of one TOML text by key path, as pydantic writes a path (`("drones", 0, "id")`)."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(text.splitlines(), start=1):
            header = _HEADER.match(line)
            if header is not None:
                table = self._table(_parts(header[2]), is_array=header[1] == "[[")
                self._lines.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key is not None:
                self._note((*table, *_parts(key[1])), number)

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a key, or of the nearest thing that holds it.

        A path may hold names that are no keys (pydantic names the variant of a union): they are
        passed over.
        """
        found: Path = ()
        for part in path:
            if (*found, part) in self._lines:
                found = (*found, part)
        return self._lines[found]

    def place(self, path: Sequence[str | int], *, where: str) -> str:
        """A key for a message: `file.toml, line 5: home.longitude_deg`."""
        key = ".".join(map(str, path))
        return f"{where}, line {self.line(path)}" + (f": {key}" if key else "")

    def _table(self, parts: Sequence[str], *, is_array: bool) -> Path:
        path: Path = ()
        for part in parts[:-1]:
            path = self._newest((*path, part))
        path = (*path, parts[-1])
        if not is_array:
            return path
        index = self._counts.get(path, 0)
        self._counts[path] = index + 1
        return (*path, index)

    def _newest(self, path: Path) -> Path:
        """`a` within `[[a]]` means the last element of it."""
        count = self._counts.get(path)
        return path if count is None else (*path, count - 1)

    def _note(self, path: Path, number: int) -> None:
        for end in range(1, len(path) + 1):
            self._lines.setdefault(path[:end], number)


def _parts(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in key.split(".")]
