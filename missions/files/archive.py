"""Zip archives (KMZ): their members, never more of them than a drawing can have.

A member is unpacked no further than `MOST_BYTES`, whatever its directory entry claims, so that a
zip bomb is refused and not unpacked. Source: PKWARE APPNOTE 6.3.9.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from missions.errors import BadInput, place_of

MOST_BYTES = 256 * 1024 * 1024
MOST_MEMBERS = 10_000
ENCRYPTED = 0x1


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        BadInput: it cannot be read or is too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(where=str(path), what=f"more than {MOST_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise place_of(error, str(path)) from error


class Archive:
    """A zip file in memory."""

    def __init__(self, packed: bytes, file: str) -> None:
        """Raises:
        BadInput: it is no zip file or has too many members.
        """
        self._file = file
        self._left = MOST_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(packed))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BadInput(where=file, what=f"not a zip archive: {_said(error)}") from error
        if len(self._zip.infolist()) > MOST_MEMBERS:
            raise BadInput(where=file, what=f"more than {MOST_MEMBERS} members")

    def names(self) -> tuple[str, ...]:
        """The members that are files, in the archive's order."""
        return tuple(one.filename for one in self._zip.infolist() if not one.is_dir())

    def ending(self, suffix: str) -> tuple[str, ...]:
        """The members with a suffix (lower case), those nearest to the root first."""
        found = [one for one in self.names() if PurePosixPath(one).suffix.lower() == suffix]
        return tuple(sorted(found, key=lambda one: one.count("/")))

    def where(self, name: str) -> str:
        """How a refusal names a member."""
        return f"{self._file}: {name}"

    def read(self, name: str) -> bytes:
        """One member, unpacked.

        Raises:
            BadInput: it is damaged, encrypted, or unpacks to more than can be a drawing.
        """
        entry = self._zip.getinfo(name)
        if entry.flag_bits & ENCRYPTED:
            raise BadInput(where=self.where(name), what="is encrypted")
        try:
            with self._zip.open(entry) as reading:
                text = reading.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise BadInput(where=self.where(name), what=f"damaged: {_said(error)}") from error
        if len(text) > self._left:
            raise BadInput(where=self.where(name), what=f"unpacks to more than {MOST_BYTES} bytes")
        self._left -= len(text)
        return text


def packed(members: Mapping[str, str]) -> bytes:
    """A zip archive of texts; the same texts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            writing.writestr(entry, text.encode("utf-8"))
    return buffer.getvalue()


def _said(error: Exception) -> str:
    return str(error).lower() or type(error).__name__
