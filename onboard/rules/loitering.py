"""A person who stays in a watched place for longer than passing through it takes."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import EpisodeSettings
from onboard.rules.presence import PresenceRule, Watch

PEOPLE = frozenset({ObjectClass.PERSON})


class LoiteringSettings(EpisodeSettings):
    """One and the same person is in the area, in its hours, for `dwell_s`.

    Someone who is lost from sight is the same if found again within `gap_s` and `same_within_m` of
    where their way would have led.
    """

    enabled: bool = True
    enter_certainty: float = Field(default=0.8, ge=0, le=1)
    stay_certainty: float = Field(default=0.6, ge=0, le=1)
    dwell_s: float = Field(default=90.0, ge=0)
    gap_s: float = Field(default=8.0, gt=0)
    same_within_m: float = Field(default=6.0, gt=0)


class Loitering(PresenceRule):
    """Fires once for each person and stay."""

    def __init__(self, settings: LoiteringSettings) -> None:
        watch = Watch(
            kind=EventKind.LOITERING,
            severity=Severity.NOTICE,
            classes=PEOPLE,
            zones=lambda zones: zones.watched_areas,
            explained=_explanation,
            per_track=True,
        )
        super().__init__(settings, watch)


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Адам бақыланатын аумақта {seconds} с бойы жүр, ықтималдығы {percent} %.",
        ru=f"Человек остаётся в наблюдаемой зоне {seconds} с, вероятность {percent} %.",
        en=f"A person has stayed in the watched area for {seconds} s, "
        f"with {percent} % probability.",
    )
