"""A person in the water or on the ice of a water."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episode, Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import distances_m
from onboard.rules.presence import present, together
from onboard.rules.seasons import NEVER, Season
from onboard.rules.zones import Zone
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})
BOATS = frozenset({ObjectClass.BOAT})


@dataclass(frozen=True, slots=True)
class Water(Zone):
    """`ice` is when it is frozen, and `safe_ice` when so thick that people may be on it."""

    ice: Season = NEVER
    safe_ice: Season = NEVER


class InWaterSettings(EpisodeSettings):
    """A person is in the water's outline, on none of its bridges, so probably and for so long.

    Who is within `boat_m` of where a boat was seen in the last `boat_s` is in the boat. People
    within `same_within_m` of each other are told of together.
    """

    enabled: bool = True
    boat_m: float = Field(default=5.0, ge=0)
    boat_s: float = Field(default=8.0, ge=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=4.0, ge=0)
    gap_s: float = Field(default=4.0, gt=0)
    same_within_m: float = Field(default=40.0, gt=0)


class InWater:
    """Fires once for each stay in a water or on its ice."""

    def __init__(self, settings: InWaterSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._boats: deque[tuple[float, Array, Array]] = deque()

    def observe(self, scene: Scene) -> list[Finding]:
        """People who have newly been there for long enough."""
        waters = {
            water.id: water
            for water in scene.zones.open_waters()
            if not (isinstance(water, Water) and water.safe_ice.holds(scene.utc))
        }
        if not waters:
            return []
        self._look_for_boats(scene)
        swimmers = [
            each
            for each in present(
                scene,
                waters.values(),
                scene.seen(PEOPLE),
                at_least=self._settings.stay_certainty,
            )
            if not self._in_boat(each.tracks[0], scene.now_s)
        ]
        candidates = together(swimmers, within_m=self._settings.same_within_m)
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            self._finding(scene, candidate, episode, waters[candidate.zone or ""])
            for candidate, episode in fired
        ]

    def _look_for_boats(self, scene: Scene) -> None:
        boats = self._boats
        while boats and not 0.0 <= scene.now_s - boats[0][0] <= self._settings.boat_s:
            boats.popleft()
        seen = scene.seen(BOATS)
        if seen:
            en_m = np.array([each.en_m for each in seen])
            boats.append((scene.now_s, en_m, np.array([each.velocity_en_m_s for each in seen])))

    def _in_boat(self, person: Track, now_s: float) -> bool:
        """Whether a boat was here, or would be by now as it went."""
        return any(
            bool((distances_m(person.en_m[None], places) <= self._settings.boat_m).any())
            for at_s, en_m, velocity in self._boats
            for places in (en_m, en_m + velocity * (now_s - at_s))
        )

    def _finding(
        self, scene: Scene, candidate: Candidate, episode: Episode, water: Zone
    ) -> Finding:
        frozen = isinstance(water, Water) and water.ice.holds(scene.utc)
        kind = EventKind.PERSON_ON_ICE if frozen else EventKind.PERSON_IN_WATER
        held_s = scene.now_s - episode.held_since_s
        return found(
            candidate,
            episode,
            kind=kind,
            severity=Severity.ALARM,
            explanation=_explanation(
                len(candidate.tracks), episode.certainty, held_s, frozen=frozen
            ),
        )


def _explanation(count: int, certainty: float, held_s: float, *, frozen: bool) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    kk, ru, en = ("Адам", "Человек находится", "A person has")
    if count > 1:
        kk, ru, en = (f"{count} адам", f"Люди ({count}) находятся", f"{count} people have")
    if frozen:
        return Explanation(
            kk=f"{kk} {seconds} с бойы мұз үстінде, ықтималдығы {percent} %.",
            ru=f"{ru} на льду {seconds} с, вероятность {percent} %.",
            en=f"{en} been on the ice for {seconds} s, with {percent} % probability.",
        )
    return Explanation(
        kk=f"{kk} {seconds} с бойы суда, маңында қайық көрінбейді, ықтималдығы {percent} %.",
        ru=f"{ru} в воде {seconds} с, лодки рядом не видно, вероятность {percent} %.",
        en=f"{en} been in the water for {seconds} s with no boat seen near, "
        f"with {percent} % probability.",
    )
