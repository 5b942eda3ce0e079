"""A boat in a reach where none may be."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import EpisodeSettings
from onboard.rules.presence import PresenceRule, Watch

BOATS = frozenset({ObjectClass.BOAT})


class ClosedWaterSettings(EpisodeSettings):
    """A boat is in the reach, in its hours, so probably and for so long."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=5.0, ge=0)
    gap_s: float = Field(default=3.0, gt=0)
    same_within_m: float = Field(default=60.0, gt=0)


class ClosedWater(PresenceRule):
    """Fires once for each boat or company of boats."""

    def __init__(self, settings: ClosedWaterSettings) -> None:
        watch = Watch(
            kind=EventKind.BOAT_IN_CLOSED_WATER,
            severity=Severity.WARNING,
            classes=BOATS,
            zones=lambda zones: zones.closed_waters,
            explained=_explanation,
        )
        super().__init__(settings, watch)


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Қайық жабық су айдынында {seconds} с бойы тұр, ықтималдығы {percent} %.",
        ru=f"Лодка находится на закрытом участке воды {seconds} с, вероятность {percent} %.",
        en=f"A boat has been in the closed reach for {seconds} s, with {percent} % probability.",
    )
