"""How an aircraft calibrates itself in flight, and the filter that follows."""

import math

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from onboard.geolocate.bias_filter import BiasFilter
from onboard.geolocate.error_budget import ErrorBudget, StateSigmas, known_budgets
from onboard.geolocate.error_process import ErrorProcess
from onboard.geolocate.pose import PoseErrors

# What a focal length that was never measured is off by, where no budget is named.
FOCAL_SHARE = 0.005


class CalibrationSettings(BaseModel):
    """What an aircraft's errors are like, and when things teach of them.

    `budget` names one of the library; without one the configured errors of poses are taken, and
    what of them drifts, and what frames add, as the library's `consumer` has it. Memories are for
    how long that stays alike which a budget calls constant, of heading, of tilt and roll, of focal
    length, of position and of height, seconds: what drifts is forgotten sooner, as the budget has
    it. Frames teach `every_s`: what is wrong with those in between is alike too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    budget: str | None = None
    heading_memory_s: float = Field(default=3600.0, gt=0)
    tilt_memory_s: float = Field(default=3600.0, gt=0)
    focal_memory_s: float = Field(default=36_000.0, gt=0)
    position_memory_s: float = Field(default=3600.0, gt=0)
    height_memory_s: float = Field(default=3600.0, gt=0)
    every_s: float = Field(default=1.0, gt=0)
    parked_for_s: float = Field(default=4.0, ge=0)
    parked_below_m_s: float = Field(default=0.8, gt=0)
    together: int = Field(default=3, ge=1)
    most_anchors: int = Field(default=16, ge=3)
    anchors_for_s: float = Field(default=900.0, gt=0)

    @field_validator("budget")
    @classmethod
    def _is_known(cls, budget: str | None) -> str | None:
        if budget is not None and budget not in known_budgets():
            raise ValueError(f"not one of {', '.join(sorted(known_budgets()))}")
        return budget


def budget_for(settings: CalibrationSettings, errors: PoseErrors) -> ErrorBudget:
    """The library's, or one whose whole is what poses are said to be off by."""
    if settings.budget is not None:
        return known_budgets()[settings.budget]
    tilt_rad = math.hypot(errors.tilt_rad, errors.gimbal_rad)
    whole = StateSigmas(
        yaw_rad=errors.heading_rad,
        pitch_rad=tilt_rad,
        roll_rad=tilt_rad,
        focal=FOCAL_SHARE,
        horizontal_m=errors.horizontal_m,
        vertical_m=errors.vertical_m,
    )
    like = known_budgets()["consumer"]
    return ErrorBudget(
        constant=_shared(whole, like.constant, like.drift),
        drift=_shared(whole, like.drift, like.constant),
        per_frame=like.per_frame,
        ground_height_m=errors.ground_height_m,
        pixel_px=errors.pixel_px,
    )


def _shared(whole: StateSigmas, part: StateSigmas, rest: StateSigmas) -> StateSigmas:
    """As much of a whole as a part has of itself and the rest, in variances."""
    told = {
        name: sigma * getattr(part, name) / math.hypot(getattr(part, name), getattr(rest, name))
        for name, sigma in whole
    }
    return StateSigmas(**told)


def filter_for(budget: ErrorBudget, settings: CalibrationSettings) -> BiasFilter:
    """The filter before anything was seen."""
    memory_s = np.array(
        [
            settings.heading_memory_s,
            settings.tilt_memory_s,
            settings.tilt_memory_s,
            settings.focal_memory_s,
            settings.position_memory_s,
            settings.position_memory_s,
            settings.height_memory_s,
        ]
    )
    return BiasFilter(ErrorProcess.of(budget, stays_for_s=memory_s))
