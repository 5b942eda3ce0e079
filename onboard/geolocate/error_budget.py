"""How wrong a pose may be, told apart by whether it stays, drifts, or changes with each frame.

Only what stays can be calibrated for a whole flight, and only what changes averages out over
frames; what drifts (a compass, a GNSS receiver, a barometer, within minutes) does neither.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

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


class ErrorBudget(BaseModel):
    """What stays through a flight, what drifts in it, what each frame adds; ground and pixels.

    `ground_height_m` is how far the whole ground may be higher or lower than thought, `relief_m`
    how far one place of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    constant: StateSigmas
    drift: StateSigmas = NO_ERRORS
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

    @property
    def own_covariance(self) -> Array:
        """(7, 7): by how much a frame may differ from what stays."""
        own: Array = self.drift.covariance + self.per_frame.covariance
        return own


def read_budgets(text: str) -> Mapping[str, ErrorBudget]:
    """The budgets of a TOML text with a table for each, by name.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML.
        pydantic.ValidationError: a table is not as `ErrorBudget` says.
    """
    return {name: ErrorBudget.model_validate(row) for name, row in tomllib.loads(text).items()}


@cache
def known_budgets() -> Mapping[str, ErrorBudget]:
    """The budgets that come with the product (`error_budgets.toml`), by name."""
    return read_budgets((files(__package__) / "error_budgets.toml").read_text(encoding="utf-8"))
