"""Boxes of followed objects, frame by frame, as MOT Challenge's results have them.

What was missed for a short while lies between two sightings, so its box is known afterwards: its
place is carried along the plane, which the camera's own motion does not bend. So is that of what
was seen and not believed yet: before its first box a track is carried back to its first sighting.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from missions.errors import place_of
from onboard.track.replay.sight import in_picture
from onboard.track.track import Array, Track
from onboard.track.view_area import inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A frame's outcome: tracks after it, the map (3, 3) from the plane to its picture, and the
    outline (k, 2) of what it shows.
    """

    frame: int
    t_s: float
    tracks: tuple[Track, ...]
    picture_from_plane: Array | None
    not_placed: int = 0
    view_en: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultBox:
    """One line of the results; `filled` where it lies between sightings."""

    frame: int
    track_id: int
    box: tuple[float, float, float, float]
    confidence: float
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    index: int
    track: Track
    box: Array


def result_boxes(frames: Sequence[Followed], *, fill_s: float) -> list[ResultBox]:
    """All boxes in the order of frames and tracks; gaps up to `fill_s` are filled, but for what
    was out of the picture.
    """
    seen: dict[int, list[_Sighting]] = defaultdict(list)
    for index, frame in enumerate(frames):
        for track in frame.tracks:
            if track.box is not None:
                sighting = _Sighting(index=index, track=track, box=np.array(track.box))
                seen[track.track_id].append(sighting)
    told = [
        _told(frames[each.index].frame, each) for sightings in seen.values() for each in sightings
    ]
    for sightings in seen.values():
        if fill_s > 0.0:
            told += _until(frames, sightings[0])
        for before, after in pairwise(sightings):
            if frames[after.index].t_s - frames[before.index].t_s <= fill_s:
                told += _between(frames, before, after)
    return sorted(told, key=lambda each: (each.frame, each.track_id))


def write_results(path: Path, boxes: Sequence[ResultBox]) -> None:
    """Lines `frame,id,left,top,width,height,confidence,-1,-1,-1`.

    Raises:
        BadInput: the file cannot be written.
    """
    try:
        path.write_text("".join(f"{_line(each)}\n" for each in boxes), encoding="utf-8")
    except OSError as error:
        raise place_of(error, str(path)) from error


def _line(each: ResultBox) -> str:
    left, top, right, bottom = each.box
    return (
        f"{each.frame},{each.track_id},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},"
        f"{each.confidence:.3f},-1,-1,-1"
    )


def _told(frame: int, sighting: _Sighting) -> ResultBox:
    left, top, right, bottom = sighting.box.tolist()
    return ResultBox(
        frame=frame,
        track_id=sighting.track.track_id,
        box=(left, top, right, bottom),
        confidence=min(1.0, sighting.track.confidence),
    )


def _between(
    frames: Sequence[Followed], before: _Sighting, after: _Sighting
) -> Iterator[ResultBox]:
    span_s = frames[after.index].t_s - frames[before.index].t_s
    offsets = [_offset(frames[each.index], each) for each in (before, after)]
    sides = [np.log(each.box[2:] - each.box[:2]) for each in (before, after)]
    for index in range(before.index + 1, after.index):
        frame = frames[index]
        share = (frame.t_s - frames[before.index].t_s) / span_s
        yield from _filled(
            frame,
            before.track,
            place=_along(before.track, after.track, share, span_s),
            offset=(1.0 - share) * offsets[0] + share * offsets[1],
            sides=np.exp((1.0 - share) * sides[0] + share * sides[1]),
        )


def _until(frames: Sequence[Followed], first: _Sighting) -> Iterator[ResultBox]:
    """From a track's first sighting to the first box that is told of it."""
    track, t_s = first.track, frames[first.index].t_s
    offset, sides = _offset(frames[first.index], first), first.box[2:] - first.box[:2]
    for frame in reversed(frames[: first.index]):
        if frame.t_s < track.first_seen_s:
            return
        place = track.en_m - (t_s - frame.t_s) * track.velocity_en_m_s
        yield from _filled(frame, track, place=place, offset=offset, sides=sides)


def _filled(
    frame: Followed, track: Track, *, place: Array, offset: Array, sides: Array
) -> Iterator[ResultBox]:
    """The box round a place (2,) on the plane, if the frame shows it: `offset` and `sides` (2,) are
    its middle's from there and its width and height, pixels.
    """
    if frame.picture_from_plane is None:
        return
    middle = in_picture(frame.picture_from_plane, place[None])[0] + offset
    plane_from_picture = np.asarray(np.linalg.inv(frame.picture_from_plane), dtype=np.float64)
    if not inside(frame.view_en, in_picture(plane_from_picture, middle[None]))[0]:
        return
    left, top, right, bottom = np.concatenate((middle - sides / 2.0, middle + sides / 2.0)).tolist()
    yield ResultBox(
        frame=frame.frame,
        track_id=track.track_id,
        box=(left, top, right, bottom),
        confidence=min(1.0, track.confidence),
        filled=True,
    )


def _offset(frame: Followed, sighting: _Sighting) -> Array:
    """From the track's place in the picture to its box's middle, pixels."""
    middle = (sighting.box[:2] + sighting.box[2:]) / 2.0
    if frame.picture_from_plane is None:
        return np.zeros(2)
    return np.asarray(middle - in_picture(frame.picture_from_plane, sighting.track.en_m[None])[0])


def _along(before: Track, after: Track, share: float, span_s: float) -> Array:
    """Hermite's cubic through both places, with the velocities that the filter had there."""
    s, t = share, 1.0 - share
    bends = span_s * (s * t**2 * before.velocity_en_m_s - s**2 * t * after.velocity_en_m_s)
    return np.asarray(
        (1.0 + 2.0 * s) * t**2 * before.en_m + s**2 * (1.0 + 2.0 * t) * after.en_m + bends
    )
