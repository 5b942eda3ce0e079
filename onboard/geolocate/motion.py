"""The speed of a thing from its places in time: a Kalman filter and Rauch's smoother.

Constant velocity with white acceleration (Bar-Shalom, Li and Kirubarajan 2001, 6.2.2; Rauch, Tung
and Striebel 1965). Only errors that change from frame to frame are noise here: those that stay
move a whole path and leave its speed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.geolocate.rotation import Array

ACCELERATION_M2_S3 = 1.0
FASTEST_M_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Smoothed `en_m` and `velocity_m_s` (n, 2), east and north, and `covariance` (n, 4, 4)."""

    en_m: Array
    velocity_m_s: Array
    covariance: Array

    @property
    def speed_m_s(self) -> Array:
        """(n,)."""
        return np.asarray(np.linalg.norm(self.velocity_m_s, axis=1), dtype=np.float64)

    @property
    def speed_sigma_m_s(self) -> Array:
        """(n,): along the course, or over all directions where there is hardly any speed."""
        speed = np.maximum(self.speed_m_s, 1e-9)[:, None]
        course = self.velocity_m_s / speed
        of_velocity = self.covariance[:, 2:, 2:]
        along = np.einsum("ni,nij,nj->n", course, of_velocity, course)
        every = 0.5 * np.trace(of_velocity, axis1=1, axis2=2)
        return np.asarray(
            np.sqrt(np.where(self.speed_m_s**2 > every, along, every)), dtype=np.float64
        )


def smoothed(
    times_s: Sequence[float],
    en_m: Array,
    covariances_m2: Array,
    *,
    acceleration_m2_s3: float = ACCELERATION_M2_S3,
) -> Motion:
    """The motion behind places (n, 2) with covariances (n, 2, 2) at rising times (n,)."""
    means, covariances = [], []
    predicted: list[tuple[Array, Array, Array]] = []
    mean = np.concatenate((en_m[0], np.zeros(2)))
    covariance = np.diag([1e6, 1e6, FASTEST_M_S**2, FASTEST_M_S**2])
    last_s = times_s[0]
    for time_s, place, noise in zip(times_s, en_m, covariances_m2, strict=True):
        step, spread = _step(time_s - last_s, acceleration_m2_s3)
        mean, covariance, last_s = step @ mean, step @ covariance @ step.T + spread, time_s
        predicted.append((mean, covariance, step))
        gain = covariance[:, :2] @ np.linalg.inv(covariance[:2, :2] + noise)
        mean = mean + gain @ (place - mean[:2])
        kept = np.eye(4) - np.hstack((gain, np.zeros((4, 2))))
        covariance = kept @ covariance @ kept.T + gain @ noise @ gain.T
        means.append(mean)
        covariances.append(covariance)
    for i in range(len(means) - 2, -1, -1):
        ahead, ahead_covariance, step = predicted[i + 1]
        back = covariances[i] @ step.T @ np.linalg.inv(ahead_covariance)
        means[i] = means[i] + back @ (means[i + 1] - ahead)
        covariances[i] = covariances[i] + back @ (covariances[i + 1] - ahead_covariance) @ back.T
    states = np.array(means)
    return Motion(en_m=states[:, :2], velocity_m_s=states[:, 2:], covariance=np.array(covariances))


def _step(over_s: float, density: float) -> tuple[Array, Array]:
    step = np.eye(4)
    step[0, 2] = step[1, 3] = over_s
    spread = np.zeros((4, 4))
    for axis in (0, 1):
        spread[axis, axis] = over_s**3 / 3.0
        spread[axis, axis + 2] = spread[axis + 2, axis] = over_s**2 / 2.0
        spread[axis + 2, axis + 2] = over_s
    return step, density * spread
