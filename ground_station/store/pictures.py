"""Pictures as files named by the SHA-256 of their bytes; a file is whole or not there."""

import hashlib
import os
import tempfile
from pathlib import Path

from ground_station.errors import PictureRefused, StoreUnavailable

UNFINISHED = ".unfinished"
MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class PictureFolder:
    """A folder of pictures. Every method blocks on the disk: call it from a thread.

    Raises:
        OSError: the folder cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.glob(f"*{UNFINISHED}"):
            left_over.unlink()

    def put(self, sha256: str, content: bytes) -> bool:
        """Store a picture durably; False where it was there already.

        Raises:
            PictureRefused: the bytes have another hash, or are neither JPEG nor PNG.
            StoreUnavailable: the disk took nothing.
        """
        if hashlib.sha256(content).hexdigest() != sha256:
            raise PictureRefused(sha256=sha256, reason="the bytes have another SHA-256")
        if media_type(content) is None:
            raise PictureRefused(sha256=sha256, reason="neither JPEG nor PNG", status=415)
        if self.path(sha256).is_file():
            return False
        try:
            self._write(self.path(sha256), content)
        except OSError as error:
            raise StoreUnavailable(what="pictures", reason=str(error.strerror)) from error
        return True

    def get(self, sha256: str) -> bytes | None:
        """The bytes of a picture, or None where it is not here."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def path(self, sha256: str) -> Path:
        """Where a picture lies: in one of 256 folders, so that none grows too long."""
        return self._folder / sha256[:2] / sha256

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=UNFINISHED, dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        for folder in (path.parent, self._folder):
            _sync(folder)


def media_type(content: bytes) -> str | None:
    """What a picture's first bytes say it is, or None for anything but JPEG and PNG."""
    return next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)


def _sync(folder: Path) -> None:
    # A rename is durable only once its folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
