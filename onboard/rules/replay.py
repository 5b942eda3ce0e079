"""Rules over tracks that were recorded: what they find, frame by frame, and when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from missions.geodesy import LocalPlane
from onboard.rhythm import Rhythm
from onboard.rules.finding import Finding, Rule, Scene
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
) -> Iterator[Fired]:
    """Show each frame to every rule. `epoch` is the time of day at 0 s, if known."""
    rhythm = Rhythm()
    for frame in frames:
        scene = Scene(
            now_s=frame.t_s,
            tracks=frame.tracks,
            zones=zones,
            patience_s=rhythm.beat(frame.t_s),
            utc=None if epoch is None else utc_at(epoch, frame.t_s),
        )
        for rule in rules:
            yield from (Fired(at_s=frame.t_s, finding=each) for each in rule.observe(scene))


def on_plane(frame: TracksFrame, plane: LocalPlane, other: LocalPlane) -> TracksFrame:
    """A frame's places, brought from one plane to another.

    North of two planes differs by less than a thousandth within 5 km, so that velocities and
    covariances are left as they are.
    """
    if not frame.tracks:
        return frame
    geo = plane.geo_from_en(np.array([track.en_m for track in frame.tracks]))
    moved = other.en_from_geo(geo[:, 0], geo[:, 1])
    return replace(
        frame,
        tracks=tuple(_at(track, en_m) for track, en_m in zip(frame.tracks, moved, strict=True)),
    )


def _at(track: Track, en_m: np.typing.NDArray[np.float64]) -> Track:
    return replace(track, en_m=en_m)
