"""Whether a recording is what was captured: every hash and every link is taken anew."""

import hashlib
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from missions.errors import BadInput, place_of
from onboard.recording import matroska
from onboard.recording.chain import START, lines, linked
from onboard.recording.segment import FORMAT, LINES, MANIFEST, NAME, VERSION, VIDEO, manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentVerdict:
    """`faults` say what does not hold; `torn` that the segment was never ended, by a kill or a
    power cut. `frames` are the pictures whose hash holds; `previous` and `chain` are its first and
    last link.
    """

    name: str
    frames: int
    events: int
    torn: bool
    faults: tuple[str, ...]
    previous: str
    chain: str
    links: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A folder's segments in their order; `faults` are those of any, with its name.

    `missing` counts segments between them that are not there: the ring lets them go for new ones.
    """

    segments: tuple[SegmentVerdict, ...]
    faults: tuple[str, ...]
    missing: int

    def holds_link(self, link: str) -> bool:
        """Whether the chain went through a link that was kept elsewhere."""
        return any(link in each.links for each in self.segments)


def verify(folder: Path) -> Verdict:
    """Judge every segment of a folder, and that each goes on from the one before.

    Raises:
        BadInput: the folder cannot be read, or holds no recording.
    """
    try:
        names = sorted(each.stem for each in folder.iterdir() if NAME.fullmatch(each.name))
        segments = tuple(verified(folder, name) for name in names)
    except OSError as error:
        raise place_of(error, str(folder)) from error
    if not segments:
        raise BadInput(where=str(folder), what="holds no recording")
    faults = [f"{each.name}: {fault}" for each in segments for fault in each.faults]
    missing = 0
    for before, after in itertools.pairwise(segments):
        between = int(after.name[:8]) - int(before.name[:8]) - 1
        missing += between
        if not between and after.previous != before.chain:
            faults.append(f"{after.name}: does not go on from {before.name}")
    return Verdict(segments=segments, faults=tuple(faults), missing=missing)


def verified(folder: Path, name: str) -> SegmentVerdict:
    """Judge one segment; OSError where its files cannot be read."""
    path = folder / name
    told = list(lines(path.with_suffix(LINES).read_bytes()))
    links, faults = _links(name, told)
    faults += _unread(path, len(told))
    frames = [each for each in told if each.get("kind") == "frame"]
    video = path.with_suffix(VIDEO)
    data = video.read_bytes() if video.exists() else b""
    held, picture_faults = _held(frames, data)
    ended = path.with_suffix(MANIFEST)
    torn = not ended.exists()
    if not torn:
        expected = manifest(name, len(frames), hashlib.sha256(data).hexdigest(), links[-1])
        whole = ended.read_bytes() == expected
        faults += [] if whole else ["its manifest says something else than what is there"]
    elif held < len(frames) - 1:
        faults.append(f"{len(frames)} pictures have a line and {held} are there")
    return SegmentVerdict(
        name=name,
        frames=held,
        events=sum(each.get("kind") == "event" for each in told),
        torn=torn,
        faults=(*faults, *picture_faults),
        previous=links[0],
        chain=links[-1],
        links=frozenset(links),
    )


def last_link(folder: Path, name: str) -> str:
    """The chain after a segment's last whole line; the chain's beginning where there is none."""
    try:
        told = list(lines((folder / name).with_suffix(LINES).read_bytes()))
    except OSError as error:
        raise place_of(error, str(folder)) from error
    chain = told[-1].get("chain") if told else None
    return chain if isinstance(chain, str) else START


def _links(name: str, told: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Every link of the chain, and the first line at which it breaks."""
    head = told[0] if told else {}
    previous = head.get("previous")
    known = (head.get("format"), head.get("version"), head.get("segment"))
    if known != (FORMAT, VERSION, name) or not isinstance(previous, str):
        return [START], [f"line 1 is no head of {FORMAT} version {VERSION} and of this segment"]
    links = [previous]
    for number, line in enumerate(told, 1):
        claimed = line.pop("chain", None)
        if linked(links[-1], line) != claimed:
            return links, [f"line {number} was changed, or a line before it is missing"]
        links.append(claimed)
    return links, []


def _unread(path: Path, whole: int) -> list[str]:
    """A segment that was ended has no line that is none."""
    data = path.with_suffix(LINES).read_bytes()
    count = data.count(b"\n")
    ended = path.with_suffix(MANIFEST).exists()
    cut = count > whole or (ended and not data.endswith(b"\n"))
    return [f"line {whole + 1} is no line of a recording"] if cut else []


def _held(frames: list[dict[str, Any]], data: bytes) -> tuple[int, list[str]]:
    """How many pictures are as they were captured, and which are not."""
    faults = [
        f"picture {frame.get('number')} ({frame.get('frame_id')}) is not as it was captured"
        for frame, jpeg in zip(frames, matroska.pictures(data), strict=False)
        if hashlib.sha256(jpeg).hexdigest() != frame.get("sha256")
    ]
    there = min(len(frames), sum(1 for _ in matroska.pictures(data)))
    return there - len(faults), faults
