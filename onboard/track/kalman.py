"""A bank of Kalman filters for points that move with nearly constant velocity on the ground.

State: east, north, velocity east, velocity north; metres and metres per second. White acceleration
noise (Bar-Shalom, Li, Kirubarajan 2001, 6.2.2). All filters step together, as arrays.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def predict(
    states: Array, covariances: Array, *, step_s: float, acceleration_m_s2: Array
) -> tuple[Array, Array]:
    """States (n, 4) and covariances (n, 4, 4) after `step_s`; `acceleration_m_s2` is (n,)."""
    F = np.eye(4)
    F[0, 2] = F[1, 3] = step_s
    q = np.zeros((4, 4))
    q[0, 0] = q[1, 1] = step_s**4 / 4.0
    q[0, 2] = q[2, 0] = q[1, 3] = q[3, 1] = step_s**3 / 2.0
    q[2, 2] = q[3, 3] = step_s**2
    noise = q[None] * (acceleration_m_s2**2)[:, None, None]
    return states @ F.T, F @ covariances @ F.T + noise


def update(
    states: Array, covariances: Array, measured_en: Array, noise_m2: Array
) -> tuple[Array, Array]:
    """States and covariances after positions (n, 2) with noise (n, 2, 2) were measured."""
    S = covariances[:, :2, :2] + noise_m2
    gain = covariances[:, :, :2] @ np.linalg.inv(S)
    residual = measured_en - states[:, :2]
    moved = states + (gain @ residual[..., None])[..., 0]
    # Joseph's form keeps a covariance symmetric and positive.
    keep = np.eye(4) - gain @ np.eye(2, 4)
    after = keep @ covariances @ keep.transpose(0, 2, 1) + gain @ noise_m2 @ gain.transpose(0, 2, 1)
    return moved, after


def distances(
    states: Array, covariances: Array, measured_en: Array, noise_m2: Array
) -> tuple[Array, Array]:
    """Squared Mahalanobis distances (n, m) of measurements to states, and ln det of each S."""
    S = covariances[:, None, :2, :2] + noise_m2[None]
    a, b, d = S[..., 0, 0], S[..., 0, 1], S[..., 1, 1]
    determinant = a * d - b * b
    r = measured_en[None] - states[:, None, :2]
    squared = (d * r[..., 0] ** 2 - 2.0 * b * r[..., 0] * r[..., 1] + a * r[..., 1] ** 2) / (
        determinant
    )
    return squared, np.log(determinant)
