"""A folder of pictures, in the order in which they were taken: each frame once, none dropped."""

import time
from datetime import UTC, datetime
from pathlib import Path

from missions.errors import BadInput, place_of
from onboard.source import auair
from onboard.source.decode import decoded
from onboard.source.frame import Frame, Image, SourceCounts, SourceFacts

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}


class FolderSource:
    """Reads a picture when it is asked for. A file that is no whole picture is counted.

    Raises:
        BadInput: the folder cannot be read, holds no picture, or not one that can be decoded.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        sidecars = auair.read_auair(folder)
        files = _pictures(folder)
        if not files:
            raise BadInput(where=str(folder), what="holds no picture (.jpg, .png, ...)")
        self._sidecars = sidecars or {}
        self._files = sorted(files, key=self._order)
        self.counts = SourceCounts()
        self._next = 0
        self._whole = 0
        self.facts = SourceFacts(
            name=str(folder),
            plays_once=True,
            stills=True,
            camera=None if sidecars is None else auair.camera(),
            notes=() if sidecars is None else (f"{auair.SIDECAR}: AU-AIR, {len(sidecars)} poses",),
        )

    @property
    def at_end(self) -> bool:
        """Whether every file has been read."""
        return self._next >= len(self._files)

    def next_frame(self, timeout_s: float) -> Frame | None:
        """The next picture that can be decoded; None at the end.

        Raises:
            BadInput: the end is reached and not one picture could be decoded.
        """
        while not self.at_end:
            file = self._files[self._next]
            self._next += 1
            self.counts.seen += 1
            began_s = time.perf_counter()
            data = self._read(file)
            image = decoded(data)
            if image is not None:
                self._whole += 1
                return self._frame(file, image, data, time.perf_counter() - began_s)
            self.counts.corrupt += 1
        if not self._whole:
            what = f"not one of {len(self._files)} pictures can be decoded"
            raise BadInput(where=str(self._folder), what=what)
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _order(self, file: Path) -> tuple[datetime, str]:
        sidecar = self._sidecars.get(file.name)
        if sidecar is not None:
            return sidecar.captured_at, file.name
        return datetime.min.replace(tzinfo=UTC), file.name

    def _read(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except OSError:
            # Counted as corrupt by the caller: it was there when the folder was listed.
            return b""

    def _frame(self, file: Path, image: Image, data: bytes, decode_s: float) -> Frame:
        sidecar = self._sidecars.get(file.name)
        captured_at = (
            datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
            if sidecar is None
            else sidecar.captured_at
        )
        return Frame(
            image=image,
            frame_id=file.stem[:64],
            boot_s=captured_at.timestamp(),
            captured_at=captured_at,
            pose=None if sidecar is None else sidecar.pose,
            jpeg=data if file.suffix.lower() in (".jpg", ".jpeg") else None,
            received_s=time.monotonic(),
            decode_s=decode_s,
        )


def _pictures(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if each.suffix.lower() in PICTURES]
    except OSError as error:
        raise place_of(error, str(folder)) from error
