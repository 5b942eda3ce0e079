"""A vehicle off the road in a closed area."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import EpisodeSettings
from onboard.rules.presence import PresenceRule, Watch
from onboard.track.kinds import DRIVEN


class OffRoadSettings(EpisodeSettings):
    """A vehicle is in the area, in its hours, and on none of the roads that lead through it."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=3.0, ge=0)
    gap_s: float = Field(default=2.5, gt=0)
    same_within_m: float = Field(default=100.0, gt=0)


class OffRoad(PresenceRule):
    """Fires once for each drive into an area."""

    def __init__(self, settings: OffRoadSettings) -> None:
        watch = Watch(
            kind=EventKind.OFF_ROAD_VEHICLE,
            severity=Severity.WARNING,
            classes=DRIVEN,
            zones=lambda zones: zones.off_road_areas(),
            explained=_explanation,
        )
        super().__init__(settings, watch)


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Көлік жабық аумақта жолсыз жерде {seconds} с бойы жүр, ықтималдығы {percent} %.",
        ru=f"Транспорт вне дороги в закрытой зоне {seconds} с, вероятность {percent} %.",
        en=f"A vehicle has been off the road in the closed area for {seconds} s, "
        f"with {percent} % probability.",
    )
