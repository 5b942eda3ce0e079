"""The files of a vehicle, in memory: metadata that may be read, and room to write.

Paths are PX4's: metadata under /etc/extras, which is read-only; everything else may be written, as
on PX4's memory card, until the room is used up.
"""

from collections.abc import Mapping
from types import MappingProxyType

READ_ONLY = "/etc"
ROOM_BYTES = 16 * 1024 * 1024
FOLDERS_AT_MOST = 1000


class FileRefused(Exception):
    """A request that the file system does not grant; `code` is MAVLink FTP's error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


FAIL, EXISTS, PROTECTED, NOT_FOUND = 1, 8, 9, 10


class VehicleFiles:
    """Files by absolute path, with their folders. Methods raise `FileRefused`."""

    def __init__(self, built_in: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._files: dict[str, bytes] = {}
        self._folders = {"/", READ_ONLY, "/etc/extras", "/fs", "/fs/microsd", "/fs/microsd/log"}
        self._files.update(built_in)

    def read(self, path: str) -> bytes:
        """All of a file."""
        data = self._files.get(normal(path))
        if data is None:
            raise FileRefused(NOT_FOUND)
        return data

    def listing(self, path: str) -> list[str]:
        """A folder's entries as MAVLink FTP writes them, in the order of their names."""
        folder = normal(path)
        if folder not in self._folders:
            raise FileRefused(NOT_FOUND)
        inside = folder.rstrip("/") + "/"
        names = {
            name.removeprefix(inside): f"F{name.removeprefix(inside)}\t{len(data)}"
            for name, data in self._files.items()
            if name.startswith(inside) and "/" not in name.removeprefix(inside)
        }
        for name in self._folders - {folder}:
            if name.startswith(inside) and "/" not in name.removeprefix(inside):
                names[name.removeprefix(inside)] = f"D{name.removeprefix(inside)}"
        return [names[name] for name in sorted(names)]

    def write(self, path: str, data: bytes) -> None:
        """Put a file in place of what was there."""
        name = self._writable(path)
        if name in self._folders:
            raise FileRefused(FAIL)
        used = sum(map(len, self._files.values())) - len(self._files.get(name, b""))
        if used + len(data) > ROOM_BYTES:
            raise FileRefused(FAIL)
        self._files[name] = data

    def remove(self, path: str) -> None:
        """Take a file away."""
        name = self._writable(path)
        self.read(name)
        del self._files[name]

    def make_folder(self, path: str) -> None:
        """Make an empty folder."""
        name = self._writable(path)
        if name in self._folders or name in self._files:
            raise FileRefused(EXISTS)
        if len(self._folders) >= FOLDERS_AT_MOST:
            raise FileRefused(FAIL)
        self._folders.add(name)

    def remove_folder(self, path: str) -> None:
        """Take an empty folder away."""
        name = self._writable(path)
        if self.listing(name):
            raise FileRefused(FAIL)
        self._folders.discard(name)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        source, target = self._writable(old), self._writable(new)
        if target in self._files or target in self._folders:
            raise FileRefused(EXISTS)
        self._files[target] = self.read(source)
        del self._files[source]

    def _writable(self, path: str) -> str:
        name = normal(path)
        if name == "/" or name == READ_ONLY or name.startswith(READ_ONLY + "/"):
            raise FileRefused(PROTECTED)
        parent = name.rsplit("/", 1)[0] or "/"
        if parent not in self._folders:
            raise FileRefused(NOT_FOUND)
        return name


def normal(path: str) -> str:
    """An absolute path without empty or dotted parts.

    Raises:
        FileRefused: the path climbs out of the root or holds a character that cannot be shown.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts or not path.isprintable():
        raise FileRefused(FAIL)
    return "/" + "/".join(parts)
