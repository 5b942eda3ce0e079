"""Tracks written down by hand, and what a rule makes of them frame by frame."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from missions.geodesy import LocalPlane
from onboard.messages import ObjectClass
from onboard.rules import Finding, Rule, Scene, Zones
from onboard.track.track import Track

STANDING = (0.0, 0.0, 12.0, 30.0)
Frames = list[list[Track]]


def seen(
    what: ObjectClass,
    en_m: tuple[float, float],
    number: int = 1,
    velocity: tuple[float, float] = (0.0, 0.0),
    *,
    sigma_m: float = 0.5,
    box: tuple[float, float, float, float] | None = STANDING,
    since_s: float = 0.0,
    last_s: float = 0.0,
) -> Track:
    """A track that is seen, or without a box was seen last at `last_s`."""
    own = np.eye(2) * min(0.2, sigma_m) ** 2
    return Track(
        track_id=number,
        object_class=what,
        confidence=0.9,
        en_m=np.array(en_m),
        velocity_en_m_s=np.array(velocity),
        covariance_m2=np.eye(2) * sigma_m**2,
        own_m2=own,
        velocity_m2_s2=own,
        box=box,
        first_seen_s=since_s,
        last_seen_s=last_s,
        sightings=9,
    )


def timed(
    rule: Rule,
    frames: Frames,
    zones: Zones | None = None,
    *,
    step_s: float = 0.5,
    from_s: float = 0.0,
    utc: datetime | None = None,
    plane: LocalPlane | None = None,
) -> list[tuple[float, Finding]]:
    """What a rule finds and when, shown a frame every `step_s`; `utc` is the time at 0 s."""
    found = []
    for step, tracks in enumerate(frames):
        now_s = from_s + step * step_s
        scene = Scene(
            now_s=now_s,
            tracks=tuple(_told(each, now_s) for each in tracks),
            zones=zones or Zones(),
            utc=None if utc is None else utc + timedelta(seconds=now_s),
            plane=plane,
        )
        found += [(now_s, finding) for finding in rule.observe(scene)]
    return found


def watched(
    rule: Rule,
    frames: Frames,
    zones: Zones | None = None,
    *,
    step_s: float = 0.5,
    from_s: float = 0.0,
    utc: datetime | None = None,
    plane: LocalPlane | None = None,
) -> list[Finding]:
    """What a rule finds, without when."""
    told = timed(rule, frames, zones, step_s=step_s, from_s=from_s, utc=utc, plane=plane)
    return [finding for _, finding in told]


def _told(track: Track, now_s: float) -> Track:
    return replace(track, last_seen_s=now_s) if track.seen_now else track
