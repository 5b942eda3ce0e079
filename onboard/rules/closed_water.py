"""A boat in a reach where none may be."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Finding, Scene
from onboard.rules.presence import present

BOATS = frozenset({ObjectClass.BOAT})


class ClosedWaterSettings(EpisodeSettings):
    """A boat is in the reach, in its hours, so probably and for so long."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=5.0, ge=0)
    gap_s: float = Field(default=3.0, gt=0)
    same_within_m: float = Field(default=60.0, gt=0)


class ClosedWater:
    """Fires once for each boat or company of boats."""

    def __init__(self, settings: ClosedWaterSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)

    def observe(self, scene: Scene) -> list[Finding]:
        """Boats that have newly been in a closed reach for long enough."""
        candidates = present(
            scene,
            scene.zones.closed_waters,
            scene.seen(BOATS),
            at_least=self._settings.stay_certainty,
        )
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.BOAT_IN_CLOSED_WATER,
                severity=Severity.WARNING,
                explanation=_explanation(episode.certainty, scene.now_s - episode.held_since_s),
            )
            for candidate, episode in fired
        ]


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Қайық жабық су айдынында {seconds} с бойы тұр, ықтималдығы {percent} %.",
        ru=f"Лодка находится на закрытом участке воды {seconds} с, вероятность {percent} %.",
        en=f"A boat has been in the closed reach for {seconds} s, with {percent} % probability.",
    )
