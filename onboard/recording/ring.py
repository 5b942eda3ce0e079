"""The segments in a folder: how much they take, which an event needs, which go for new ones."""

from dataclasses import dataclass
from pathlib import Path

from onboard.recording.segment import KEPT, NAME, SUFFIXES


@dataclass(slots=True)
class Kept:
    """One segment on disk."""

    name: str
    bytes: int
    kept: bool


class Ring:
    """Segments by name, which is the order of their beginning. Only the recorder's thread uses it.

    `removed` counts segments that went for new ones and `removed_kept` those that an event needed.
    """

    def __init__(self, folder: Path, *, max_bytes: int, kept_share: float) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._most_kept_bytes = int(kept_share * max_bytes)
        self.removed = self.removed_kept = 0
        folder.mkdir(parents=True, exist_ok=True)
        names = sorted(each.stem for each in folder.iterdir() if NAME.fullmatch(each.name))
        self._segments = {name: self._found(name) for name in names}

    @property
    def next_number(self) -> int:
        """One more than the last segment's."""
        return int(max(self._segments, default="0-").partition("-")[0]) + 1

    @property
    def newest(self) -> str | None:
        """The name of the last segment."""
        return max(self._segments, default=None)

    def grew(self, name: str, size_bytes: int) -> None:
        """A segment is so large now."""
        known = self._segments.setdefault(name, Kept(name, 0, kept=False))
        known.bytes = size_bytes

    def keep(self, name: str, event_id: str) -> None:
        """An event needs a segment."""
        if name in self._segments:
            self._segments[name].kept = True
            with (self._folder / name).with_suffix(KEPT).open("a", encoding="utf-8") as file:
                file.write(event_id + "\n")

    def make_room(self, writing: str | None) -> None:
        """Remove what is too much, the oldest first; never the one that is being written."""
        while sum(each.bytes for each in self._segments.values()) > self._max_bytes:
            if not self.remove_oldest(writing):
                break

    def remove_oldest(self, writing: str | None) -> bool:
        """Remove the oldest segment that no event needs, or of too many needed ones the oldest."""
        others = [each for each in self._segments.values() if each.name != writing]
        loose = [each for each in others if not each.kept]
        kept = [each for each in others if each.kept]
        too_many = sum(each.bytes for each in kept) > self._most_kept_bytes
        chosen = min(kept if kept and (too_many or not loose) else loose, key=_name, default=None)
        if chosen is None:
            return False
        for suffix in SUFFIXES:
            (self._folder / chosen.name).with_suffix(suffix).unlink(missing_ok=True)
        del self._segments[chosen.name]
        self.removed += 1
        self.removed_kept += chosen.kept
        return True

    def _found(self, name: str) -> Kept:
        paths = [(self._folder / name).with_suffix(suffix) for suffix in SUFFIXES]
        size_bytes = sum(path.stat().st_size for path in paths if path.exists())
        return Kept(name, size_bytes, kept=paths[-1].exists())


def _name(each: Kept) -> str:
    return each.name
