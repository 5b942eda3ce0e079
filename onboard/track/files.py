"""The tracks file: JSON lines, a header, then a line a frame; docs/tracking.md tells its format."""

import json
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from missions.errors import BadInput, place_of
from onboard.messages import ObjectClass
from onboard.track.track import Array, Track

FORMAT = "qyran-tracks"
VERSION = 1
ARRAYS = ("en_m", "velocity_en_m_s", "covariance_m2", "own_m2", "velocity_m2_s2")
Line = TypeVar("Line", bound=BaseModel)
Pair = tuple[float, float]
Box = tuple[float, float, float, float]


class Header(BaseModel):
    """The first line. `origin` is the plane's, latitude and longitude in degrees; `unit` that of
    places: metres east and north of it, or pixels right and down in the first frame.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    format: Literal["qyran-tracks"] = "qyran-tracks"
    version: Literal[1] = 1
    origin: Pair | None = None
    unit: Literal["m", "px"] = "m"
    source: str = ""

    @field_validator("origin")
    @classmethod
    def _on_the_earth(cls, origin: Pair | None) -> Pair | None:
        if origin is not None and not (abs(origin[0]) <= 90.0 and abs(origin[1]) <= 180.0):
            raise ValueError("latitude within 90 and longitude within 180 degrees")
        return origin


class _TrackLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: int
    object_class: str = Field(alias="class", min_length=1)
    confidence: float = Field(ge=0, le=1)
    en_m: Pair
    velocity_en_m_s: Pair
    covariance_m2: tuple[Pair, Pair]
    own_m2: tuple[Pair, Pair] | None = None
    velocity_m2_s2: tuple[Pair, Pair]
    box: Box | None = None
    size_m: Pair | None = None
    first_seen_s: float
    last_seen_s: float
    sightings: int = Field(ge=1)

    @field_validator("covariance_m2", "own_m2", "velocity_m2_s2")
    @classmethod
    def _is_covariance(cls, value: tuple[Pair, Pair] | None, info: ValidationInfo) -> Any:
        if value is not None and not _positive(value):
            raise ValueError(f"{info.field_name} is no covariance")
        return value

    @property
    def is_known(self) -> bool:
        """Whether its class is known here; a newer aircraft may tell of others."""
        return self.object_class in set(ObjectClass)

    def as_track(self) -> Track:
        covariance = np.array(self.covariance_m2)
        return Track(
            track_id=self.id,
            object_class=ObjectClass(self.object_class) if self.is_known else ObjectClass.OTHER,
            confidence=self.confidence,
            en_m=np.array(self.en_m),
            velocity_en_m_s=np.array(self.velocity_en_m_s),
            covariance_m2=covariance,
            own_m2=covariance if self.own_m2 is None else np.array(self.own_m2),
            velocity_m2_s2=np.array(self.velocity_m2_s2),
            box=self.box,
            first_seen_s=self.first_seen_s,
            last_seen_s=self.last_seen_s,
            sightings=self.sightings,
            size_m=self.size_m,
        )


class _FrameLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    t_s: float
    tracks: tuple[_TrackLine, ...]
    view_en_m: tuple[Pair, ...] | None = None

    @field_validator("tracks")
    @classmethod
    def _each_once(cls, tracks: tuple[_TrackLine, ...]) -> tuple[_TrackLine, ...]:
        twice = [name for name, times in Tally(each.id for each in tracks).items() if times > 1]
        if twice:
            raise ValueError(f"track {twice[0]} is told twice in one frame")
        return tracks

    def as_frame(self) -> "TracksFrame":
        return TracksFrame(
            t_s=self.t_s,
            tracks=tuple(each.as_track() for each in self.tracks),
            view_en=None if self.view_en_m is None else np.array(self.view_en_m).reshape(-1, 2),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksFrame:
    """All tracks after one frame. `t_s` is its capture time, `view_en` (k, 2) the convex outline of
    what it showed, where that is known.
    """

    t_s: float
    tracks: tuple[Track, ...]
    view_en: Array | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksFile:
    """A whole tracks file. `unknown` are the tracks whose class is not known here, by that class's
    name: they are read as `other`.
    """

    header: Header
    frames: tuple[TracksFrame, ...]
    unknown: Mapping[str, int]

    @property
    def words(self) -> str:
        """What is unknown in it, in a line; empty where nothing is."""
        if not self.unknown:
            return ""
        told = ", ".join(f"{name} ({count})" for name, count in sorted(self.unknown.items()))
        return f"tracks of classes that are not known here, read as other: {told}"


def header_line(header: Header) -> str:
    """The first line."""
    return header.model_dump_json()


def frame_line(frame: TracksFrame) -> str:
    """A frame's line."""
    told = {"t_s": round(frame.t_s, 6), "tracks": tracks_data(frame.tracks)}
    if frame.view_en is not None:
        told["view_en_m"] = np.round(frame.view_en, 3).tolist()
    return json.dumps(told, separators=(",", ":"))


def write_tracks(path: Path, header: Header, frames: Iterable[TracksFrame]) -> None:
    """Write a tracks file, a line as soon as its frame comes.

    Raises:
        BadInput: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8") as file:
            file.write(header_line(header) + "\n")
            file.writelines(frame_line(frame) + "\n" for frame in frames)
    except OSError as error:
        raise place_of(error, str(path)) from error


def read_tracks(path: Path) -> TracksFile:
    """Read a tracks file.

    Raises:
        BadInput: it cannot be read, or a line, which is named, is not one of a tracks file.
    """
    try:
        with path.open(encoding="utf-8") as file:
            lines = [(number, line) for number, line in enumerate(file, 1) if line.strip()]
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what="not UTF-8 text") from error
    if not lines:
        raise BadInput(where=str(path), what="empty; a tracks file begins with its header")
    header = _parsed(Header, lines[0], path)
    frames = tuple(_frames(lines[1:], path))
    named = {
        each.id: each.object_class for frame in frames for each in frame.tracks if not each.is_known
    }
    return TracksFile(
        header=header,
        frames=tuple(frame.as_frame() for frame in frames),
        unknown=Tally(named.values()),
    )


def _frames(lines: list[tuple[int, str]], path: Path) -> Iterator[_FrameLine]:
    before_s = -float("inf")
    for line in lines:
        frame = _parsed(_FrameLine, line, path)
        if frame.t_s < before_s:
            raise BadInput(
                where=f"{path}:{line[0]}",
                what=f"time goes back from {before_s:g} s to {frame.t_s:g} s",
            )
        before_s = frame.t_s
        yield frame


def _parsed(kind: type[Line], line: tuple[int, str], path: Path) -> Line:
    number, text = line
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        where = f"{path}:{number}" + (f" {field}" if field else "")
        raise BadInput(where=where, what=first["msg"].lower()) from error


def tracks_data(tracks: Sequence[Track]) -> list[dict[str, Any]]:
    """Tracks as JSON data."""
    arrays = zip(
        *(_rounded([getattr(each, name) for each in tracks]) for name in ARRAYS), strict=True
    )
    return [
        {
            "id": track.track_id,
            "class": track.object_class.value,
            "confidence": round(min(1.0, max(0.0, track.confidence)), 4),
            **dict(zip(ARRAYS, values, strict=True)),
            "box": None if track.box is None else [round(float(edge), 2) for edge in track.box],
            "first_seen_s": round(track.first_seen_s, 6),
            "last_seen_s": round(track.last_seen_s, 6),
            "sightings": track.sightings,
            "size_m": None if track.size_m is None else [round(side, 2) for side in track.size_m],
        }
        for track, values in zip(tracks, arrays, strict=True)
    ]


def _rounded(values: Any) -> Any:
    # Nine places keep a covariance of millimetres positive.
    return np.round(values, 9).tolist()


def _positive(matrix: tuple[Pair, Pair]) -> bool:
    (a, b), (c, d) = matrix
    return a >= 0.0 and d >= 0.0 and abs(b - c) <= 1e-6 * (a + d + 1e-9) and a * d >= b * c - 1e-9
