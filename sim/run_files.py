"""What a run leaves behind: files of one folder, closed together; errors name the place."""

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from missions.errors import place_of


class RunFiles:
    """Files of one folder, which is made where it is not there; one that is there is overwritten.

    What is written after `close` is appended.

    Raises:
        BadInput: the folder cannot be made or a file cannot be written; it is named.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._begun: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise place_of(error, str(folder)) from error

    def open(self, name: str) -> None:
        """Begin a file that may stay empty."""
        path = self._folder / name
        if name in self._files:
            return
        try:
            self._files[name] = path.open("ab" if name in self._begun else "wb")
        except OSError as error:
            raise place_of(error, str(path)) from error
        self._begun.add(name)

    def write(self, name: str, data: bytes, *, at_once: bool = False) -> None:
        """Append to a file; `at_once` sends it on its way to the disk."""
        self.open(name)
        try:
            self._files[name].write(data)
            if at_once:
                self._files[name].flush()
        except OSError as error:
            raise place_of(error, str(self._folder / name)) from error

    def close(self) -> None:
        """Close every file."""
        for name, file in self._files.items():
            try:
                file.close()
            except OSError as error:
                raise place_of(error, str(self._folder / name)) from error
        self._files.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
