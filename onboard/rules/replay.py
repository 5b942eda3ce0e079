"""Rules over tracks that were recorded: what they find, frame by frame, and when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from missions.geodesy import LocalPlane
from onboard.rhythm import Rhythm
from onboard.rules.finding import Array, Finding, Rule, Scene
from onboard.rules.hours import utc_at
from onboard.rules.zones import Zones
from onboard.track.files import TracksFrame
from onboard.track.track import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A finding and the time `at_s` of the frame that made it."""

    at_s: float
    finding: Finding


def replay(
    frames: Iterable[TracksFrame],
    rules: Sequence[Rule],
    zones: Zones,
    *,
    epoch: datetime | None = None,
    plane: LocalPlane | None = None,
) -> Iterator[Fired]:
    """Show each frame to every rule. `epoch` is the time of day at 0 s, and `plane` that of the
    places, if known.
    """
    rhythm = Rhythm()
    for frame in frames:
        scene = Scene(
            now_s=frame.t_s,
            tracks=frame.tracks,
            zones=zones,
            patience_s=rhythm.beat(frame.t_s),
            utc=None if epoch is None else utc_at(epoch, frame.t_s),
            plane=plane,
            view_en=frame.view_en,
        )
        for rule in rules:
            yield from (Fired(at_s=frame.t_s, finding=each) for each in rule.observe(scene))


def on_plane(frame: TracksFrame, plane: LocalPlane, other: LocalPlane) -> TracksFrame:
    """A frame's places, brought from one plane to another.

    North of two planes differs by less than a thousandth within 5 km, so that velocities and
    covariances are left as they are.
    """
    view_en = None if frame.view_en is None else _moved(frame.view_en, plane, other)
    if not frame.tracks:
        return replace(frame, view_en=view_en)
    moved = _moved(np.array([track.en_m for track in frame.tracks]), plane, other)
    return replace(
        frame,
        view_en=view_en,
        tracks=tuple(_at(track, en_m) for track, en_m in zip(frame.tracks, moved, strict=True)),
    )


def _moved(en_m: Array, plane: LocalPlane, other: LocalPlane) -> Array:
    """Places (n, 2) of one plane on another."""
    geo = plane.geo_from_en(en_m)
    return other.en_from_geo(geo[:, 0], geo[:, 1])


def _at(track: Track, en_m: Array) -> Track:
    return replace(track, en_m=en_m)
