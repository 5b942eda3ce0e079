"""What rules look at and what they find: values, with no clock and no network."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from missions.geodesy import LocalPlane
from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.roads import Road, roads_of
from onboard.rules.zones import Zones, probability_within, reached
from onboard.track.kinds import VEHICLES
from onboard.track.track import Track

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRoads:
    """All vehicles, those out of sight for a moment too, and the roads that any may be on.

    Each road with the probability (n,) that each vehicle is on it.
    """

    vehicles: tuple[Track, ...]
    shares: tuple[tuple[Road, Array], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All tracks after one frame. `now_s` is its capture time by the vehicle's boot clock.

    `patience_s` is for how long something may go unseen at the rate at which frames come. `utc` is
    the time of day where it is known, for zones that have hours or seasons. `plane` is that of the
    tracks and zones, if any, and `view_en` (k, 2) the outline on it of what the frame shows.
    """

    now_s: float
    tracks: tuple[Track, ...]
    zones: Zones = field(default_factory=Zones)
    patience_s: float = 0.0
    utc: datetime | None = None
    plane: LocalPlane | None = None
    view_en: Array | None = None
    _seen: dict[frozenset[ObjectClass], tuple[Track, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _on_roads: list[OnRoads] = field(default_factory=list, init=False, repr=False, compare=False)

    def seen(self, classes: frozenset[ObjectClass]) -> list[Track]:
        """The tracks of some classes that were seen in this frame."""
        # A score of rules ask for the same few classes.
        if classes not in self._seen:
            self._seen[classes] = tuple(
                each
                for each in self.tracks
                if each.box is not None and each.object_class in classes
            )
        return list(self._seen[classes])

    def on_roads(self) -> OnRoads:
        """The vehicles and which roads they are on, worked out when first asked for."""
        if not self._on_roads:
            self._on_roads.append(_on_roads(self.tracks, self.zones))
        return self._on_roads[0]


def _on_roads(tracks: tuple[Track, ...], zones: Zones) -> OnRoads:
    vehicles = tuple(each for each in tracks if each.object_class in VEHICLES)
    if not vehicles:
        return OnRoads(vehicles=(), shares=())
    en_m = np.array([each.en_m for each in vehicles])
    covariances_m2 = np.array([each.covariance_m2 for each in vehicles])
    return OnRoads(
        vehicles=vehicles,
        shares=tuple(
            (road, probability_within(road.shape, en_m, covariances_m2))
            for road in reached(roads_of(zones), en_m, covariances_m2)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that may become a finding. `certainty` 0..1 is that of this frame's evidence."""

    en_m: Array
    covariance_m2: Array
    certainty: float
    tracks: tuple[Track, ...]
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule fired: once for each episode. `began_s` is when its evidence began."""

    kind: EventKind
    rule_id: str
    severity: Severity
    certainty: float
    en_m: Array
    covariance_m2: Array
    began_s: float
    tracks: tuple[Track, ...]
    object_class: ObjectClass
    object_count: int
    explanation: Explanation
    zone: str | None = None


class Rule(Protocol):
    """Looks at every frame's tracks and says what has newly become so."""

    def observe(self, scene: Scene) -> list[Finding]:
        """What has become so with this frame."""
