"""Which of a mission's places are never reached, or may never be, and why."""

import math
from dataclasses import dataclass
from enum import StrEnum

from missions.px4_flight.flight import FlownStages, can_be_flown, is_too_far
from missions.px4_flight.stages import Stage, Stages
from missions.wind import Wind


class Why(StrEnum):
    """What keeps the flight from a place."""

    PAST = "it is flown past for good"
    MAY_BE_PAST = "it may be flown past for good"
    MAY_CIRCLE = "it may be flown past and come back to"
    NO_NUMBER = "it is flown by numbers that are none"
    TOO_FAR = "it is too far away"
    WIND = "the wind is too strong"
    UNKNOWN = "it is not reached in many times what the way takes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """One place: `item` is flown for it, `en` is where it is, east and north of home in metres.

    `above_m` is how far above its height it is left, `radius_m` within what it is accepted, `far_m`
    how far off a circle back to it leads. The leg to it is `leg_m` long, goes down by `drop_m`, is
    flown at `speed_m_s` and followed by a `turn` (radians; NaN where nothing follows).
    """

    item: int
    why: Why
    en: tuple[float, float]
    above_m: float = 0.0
    radius_m: float = 0.0
    far_m: float = 0.0
    leg_m: float = math.nan
    drop_m: float = math.nan
    speed_m_s: float = math.nan
    turn: float = math.nan

    @property
    def never(self) -> bool:
        """Whether the flight has no end for it."""
        return self.why not in (Why.MAY_BE_PAST, Why.MAY_CIRCLE)


def unreached(made: Stages, flown: FlownStages, wind: Wind) -> tuple[Unreached, ...]:
    """Every place that is flown past; else the first that is not reached for another reason."""
    from missions.px4_flight.kernels import there

    words = {
        there.MAY_CIRCLE: Why.MAY_CIRCLE,
        there.MAY_BE_PAST: Why.MAY_BE_PAST,
        there.IS_PAST: Why.PAST,
    }
    sure, off_m = flown.passing[:, there.SURE], flown.passing[:, there.OFF]
    far_m = flown.passing[:, there.FAR]
    found = [
        _one(
            stage,
            words[float(sure[index])],
            above_m=-float(off_m[index]),
            far_m=float(far_m[index]),
        )
        for index, stage in enumerate(made.stages)
        if sure[index] != there.NOT_PAST
    ]
    if any(one.never for one in found) or not made.stages or math.isfinite(flown.ends_s[-1]):
        return tuple(found)
    numbers = (stage for stage in made.stages if not can_be_flown(stage))
    ended = sum(map(math.isfinite, flown.ends_s.tolist()))
    stage = next(numbers, made.stages[ended])
    return (*found, _one(stage, _why(stage, wind)))


def _why(stage: Stage, wind: Wind) -> Why:
    if is_too_far(stage):
        return Why.TOO_FAR
    if not can_be_flown(stage):
        return Why.NO_NUMBER
    return Why.WIND if wind.speed_m_s > 0.0 else Why.UNKNOWN


def _one(stage: Stage, why: Why, *, above_m: float = 0.0, far_m: float = 0.0) -> Unreached:
    (north, east, down), (from_n, from_e, from_d) = stage.target, stage.previous
    return Unreached(
        item=stage.item,
        why=why,
        en=(east, north),
        above_m=above_m,
        far_m=far_m,
        radius_m=stage.acceptance_m,
        leg_m=math.hypot(north - from_n, east - from_e),
        drop_m=down - from_d,
        speed_m_s=stage.speed_m_s,
        turn=_turn(stage),
    )


def _turn(stage: Stage) -> float:
    (north, east, _), (from_n, from_e, _) = stage.target, stage.previous
    turned = math.atan2(stage.following[1] - east, stage.following[0] - north)
    turned -= math.atan2(east - from_e, north - from_n)
    return abs(math.remainder(turned, math.tau)) if math.isfinite(turned) else math.nan
