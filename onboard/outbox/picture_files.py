"""Pictures as files under their SHA-256: a file is whole and on the disk, or it is not there."""

import hashlib
import os
from pathlib import Path

UNFINISHED = ".unfinished"


class PictureFiles:
    """One folder of pictures.

    Raises:
        OSError: from every method, where the disk does not take or give something.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob(f"*{UNFINISHED}"):
            left_over.unlink()

    def put(self, content: bytes) -> str:
        """Store a picture and return its hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            unfinished = path.with_suffix(UNFINISHED)
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
            self._sync_folder()
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """The picture's bytes, or None where it is not there."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, sha256: str) -> None:
        """Take a picture away, if it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """The hashes of all pictures that are there."""
        return {each.stem for each in self._folder.glob("*.jpg")}

    def path(self, sha256: str) -> Path:
        """Where a picture lies."""
        return self._folder / f"{sha256}.jpg"

    def _sync_folder(self) -> None:
        # Without this the file's name may be lost with the power although its bytes are not.
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
