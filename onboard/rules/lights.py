"""Light or heat at a place where there is none at night, or none at all."""

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import EpisodeSettings
from onboard.rules.presence import PresenceRule, Watch


class LightSettings(EpisodeSettings):
    """A light is in the area, on none of its roads, in its hours, so probably and for so long."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=6.0, ge=0)
    gap_s: float = Field(default=3.0, gt=0)
    same_within_m: float = Field(default=40.0, gt=0)


class FireSettings(LightSettings):
    """As for a light; a fire is told again only after a longer time."""

    forget_s: float = Field(default=600.0, gt=0)


class LightAtNight(PresenceRule):
    """Fires once for each light. Only a dark picture shows lights: see `onboard.detect.spots`."""

    def __init__(self, settings: LightSettings) -> None:
        watch = Watch(
            kind=EventKind.LIGHT_AT_NIGHT,
            severity=Severity.WARNING,
            classes=frozenset({ObjectClass.LIGHT}),
            zones=lambda zones: zones.dark_places(),
            explained=_light,
        )
        super().__init__(settings, watch)


class Fire(PresenceRule):
    """Fires once for each hot spot."""

    def __init__(self, settings: FireSettings) -> None:
        watch = Watch(
            kind=EventKind.FIRE,
            severity=Severity.ALARM,
            classes=frozenset({ObjectClass.HOT_SPOT}),
            zones=lambda zones: zones.dark_places(),
            explained=_fire,
        )
        super().__init__(settings, watch)


def _light(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Жарық болмауға тиіс жерде {seconds} с бойы жарық көрініп тұр; оның аймақ ішінде "
        f"болу ықтималдығы {percent} %.",
        ru=f"Свет виден {seconds} с там, где его быть не должно; он внутри зоны "
        f"с вероятностью {percent} %.",
        en=f"A light has been seen for {seconds} s where there should be none; "
        f"it is inside the area with {percent} % probability.",
    )


def _fire(certainty: float, held_s: float) -> Explanation:
    """What is so probable is the place: how hot it is, and whether it burns, no picture told."""
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Өрт болуы мүмкін: жылу көзі {seconds} с бойы көрініп тұр; оның аймақ ішінде "
        f"болу ықтималдығы {percent} %.",
        ru=f"Возможно, пожар: очаг тепла виден {seconds} с; он внутри зоны "
        f"с вероятностью {percent} %.",
        en=f"Possibly a fire: a hot spot has been seen for {seconds} s; "
        f"it is inside the area with {percent} % probability.",
    )
