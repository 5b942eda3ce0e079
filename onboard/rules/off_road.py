"""A vehicle off the road in a closed area."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Finding, Scene
from onboard.rules.presence import present
from onboard.track.kinds import VEHICLES

DRIVEN = VEHICLES | {ObjectClass.MOTORCYCLE}


class OffRoadSettings(EpisodeSettings):
    """A vehicle is in the area, in its hours, and on none of the roads that lead through it."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=3.0, ge=0)
    gap_s: float = Field(default=2.5, gt=0)
    same_within_m: float = Field(default=100.0, gt=0)


class OffRoad:
    """Fires once for each drive into an area."""

    def __init__(self, settings: OffRoadSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)

    def observe(self, scene: Scene) -> list[Finding]:
        """Vehicles that have newly been off the road in a closed area for long enough."""
        vehicles = scene.seen(DRIVEN)
        if not vehicles or not scene.zones.closed_areas:
            return []
        candidates = present(
            scene,
            scene.zones.off_road_areas(),
            vehicles,
            at_least=self._settings.stay_certainty,
        )
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.OFF_ROAD_VEHICLE,
                severity=Severity.WARNING,
                explanation=_explanation(episode.certainty, scene.now_s - episode.held_since_s),
            )
            for candidate, episode in fired
        ]


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Көлік жабық аумақта жолсыз жерде {seconds} с бойы жүр, ықтималдығы {percent} %.",
        ru=f"Транспорт вне дороги в закрытой зоне {seconds} с, вероятность {percent} %.",
        en=f"A vehicle has been off the road in the closed area for {seconds} s, "
        f"with {percent} % probability.",
    )
