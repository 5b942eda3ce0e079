"""A person in an area where nobody may be."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import EpisodeSettings
from onboard.rules.presence import PresenceRule, Watch

PEOPLE = frozenset({ObjectClass.PERSON})


class IntrusionSettings(EpisodeSettings):
    """A person is in the area, in its hours, so probably and for so long."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.8, ge=0, le=1)
    dwell_s: float = Field(default=2.0, ge=0)
    same_within_m: float = Field(default=150.0, gt=0)


class Intrusion(PresenceRule):
    """Fires once for each stay in an area."""

    def __init__(self, settings: IntrusionSettings) -> None:
        watch = Watch(
            kind=EventKind.INTRUSION,
            severity=Severity.ALARM,
            classes=PEOPLE,
            zones=lambda zones: zones.closed_areas,
            explained=_explanation,
        )
        super().__init__(settings, watch)


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Адам жабық аумақта {seconds} с бойы тұр, ықтималдығы {percent} %.",
        ru=f"Человек находится в закрытой зоне {seconds} с, вероятность {percent} %.",
        en=f"A person has been in the closed area for {seconds} s, with {percent} % probability.",
    )
