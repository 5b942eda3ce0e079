"""The simulation's own record of what was there, read after the run: events, frames, flights."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from missions.geodesy import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """Something that was scripted and truly happened, with the objects that took part."""

    id: str
    kind: str
    began_at: datetime
    ended_at: datetime | None
    position: GeoPoint
    object_ids: frozenset[str]
    place: str

    def lasts_at(self, when: datetime) -> bool:
        """Whether it was going on at a time."""
        return self.began_at <= when and (self.ended_at is None or when <= self.ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFrame:
    """One frame as it was published: its simulated time, the wall clock, and what it showed."""

    captured_at: datetime
    published_unix_s: float
    objects: Mapping[str, GeoPoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePose:
    """Where a drone truly was."""

    at: datetime
    position: GeoPoint
    height_amsl_m: float
    mission_item: int


def read_events(folder: Path) -> list[TrueEvent]:
    """All events of a run."""
    return [
        TrueEvent(
            id=str(row["id"]),
            kind=row["kind"],
            began_at=_time(row["began_utc"]),
            ended_at=None if row.get("ended_utc") is None else _time(row["ended_utc"]),
            position=_position(row),
            object_ids=frozenset(map(str, row["object_ids"])),
            place=row["place"],
        )
        for row in _newest_by_id(_rows(folder / "events.jsonl"))
    ]


def read_frames(folder: Path, drone_id: str) -> list[TrueFrame]:
    """Every frame that a drone's camera published, in order."""
    return [
        TrueFrame(
            captured_at=_time(row["utc"]),
            published_unix_s=row["wall_unix_s"],
            objects={str(each["id"]): _position(each) for each in row["objects"]},
        )
        for row in _rows(folder / f"frames.{drone_id}.jsonl")
    ]


def read_flight(folder: Path, drone_id: str) -> list[TruePose]:
    """Where a drone truly flew, in order."""
    return [
        TruePose(
            at=_time(row["utc"]),
            position=_position(row),
            height_amsl_m=row["height_amsl_m"],
            mission_item=row["mission_seq"],
        )
        for row in _rows(folder / f"flown.{drone_id}.jsonl")
    ]


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            # The last line may be half written while the simulation still runs.
            if line.endswith("\n"):
                yield json.loads(line)


def _newest_by_id(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    newest = {row["id"]: row for row in rows}
    return list(newest.values())


def _position(row: Mapping[str, Any]) -> GeoPoint:
    return GeoPoint(latitude_deg=row["latitude_deg"], longitude_deg=row["longitude_deg"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
