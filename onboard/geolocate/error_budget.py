"""How wrong a pose may be, told apart by whether it stays, drifts, or changes with each frame.

Only what stays can be calibrated for a whole flight, and only what changes averages out over
frames; what drifts (a compass, a GNSS receiver, a barometer, within minutes) does neither.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from onboard.geolocate.rotation import Array

STATE = ("yaw_rad", "pitch_rad", "roll_rad", "focal_log", "east_m", "north_m", "up_m")
STATES = len(STATE)
UP = STATE.index("up_m")


class StateSigmas(BaseModel):
    """Standard deviations of a view's errors; `focal` is a share of the focal length.

    `yaw` is about the earth's vertical, `pitch` and `roll` about the camera's own axes (across the
    picture and along the optical axis).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    yaw_rad: float = Field(ge=0)
    pitch_rad: float = Field(ge=0)
    roll_rad: float = Field(ge=0)
    focal: float = Field(ge=0)
    horizontal_m: float = Field(ge=0)
    vertical_m: float = Field(ge=0)

    @property
    def covariance(self) -> Array:
        """(7, 7), in the order of `STATE`; never quite singular, so that it can be inverted."""
        sigmas = (
            self.yaw_rad,
            self.pitch_rad,
            self.roll_rad,
            self.focal,
            self.horizontal_m,
            self.horizontal_m,
            self.vertical_m,
        )
        return np.diag(np.maximum(np.array(sigmas), 1e-7) ** 2)


NO_ERRORS = StateSigmas(
    yaw_rad=0.0, pitch_rad=0.0, roll_rad=0.0, focal=0.0, horizontal_m=0.0, vertical_m=0.0
)


class DriftLasts(BaseModel):
    """For how long what drifts stays alike (it forgets itself by 1/e), seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading_s: float = Field(default=120.0, gt=0)
    tilt_s: float = Field(default=60.0, gt=0)
    focal_s: float = Field(default=3600.0, gt=0)
    position_s: float = Field(default=150.0, gt=0)
    height_s: float = Field(default=200.0, gt=0)

    @property
    def array(self) -> Array:
        """(7,), in the order of `STATE`."""
        tilt_s, position_s = self.tilt_s, self.position_s
        return np.array(
            [self.heading_s, tilt_s, tilt_s, self.focal_s, position_s, position_s, self.height_s]
        )


class ErrorBudget(BaseModel):
    """What stays through a flight, what drifts in it, what each frame adds; ground and pixels.

    Half of the variance by which yaw drifts goes with the heading, and stays for each heading as it
    is (`error_process`). `ground_height_m` is how far the whole ground may be higher or lower than
    thought, `relief_m` how far one place of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    constant: StateSigmas
    drift: StateSigmas = NO_ERRORS
    drift_lasts: DriftLasts = DriftLasts()
    per_frame: StateSigmas
    ground_height_m: float = Field(default=1.0, ge=0)
    relief_m: float = Field(default=0.2, ge=0)
    pixel_px: float = Field(default=2.0, gt=0)

    @property
    def prior_covariance(self) -> Array:
        """(7, 7): of what stays. The whole ground too high is as the camera too low."""
        covariance = self.constant.covariance
        covariance[UP, UP] += self.ground_height_m**2
        return covariance


def budgets_of(table: Mapping[str, Any]) -> Mapping[str, ErrorBudget]:
    """The budgets of a table with one for each, by name.

    Raises:
        pydantic.ValidationError: one is not as `ErrorBudget` says.
    """
    return {name: ErrorBudget.model_validate(row) for name, row in table.items()}


@cache
def known_budgets() -> Mapping[str, ErrorBudget]:
    """The budgets that come with the product (`error_budgets.toml`), by name."""
    text = (files(__package__) / "error_budgets.toml").read_text(encoding="utf-8")
    return budgets_of(tomllib.loads(text))
