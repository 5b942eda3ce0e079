"""A bank of Kalman filters for points that move on the ground with a velocity that wanders.

State: east, north, velocity east, velocity north; metres and metres per second. The velocity is an
Ornstein-Uhlenbeck process (Bar-Shalom, Li, Kirubarajan 2001, 8.2): over a few frames that is nearly
constant velocity, and over long blindness it forgets where the object was going and believes no
speed that its kind does not have. The outcome does not depend on how many steps a time is cut into.
All filters step together, as arrays.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def predict(
    states: Array, covariances: Array, *, step_s: float, restless_m2_s3: Array, memory_s: Array
) -> tuple[Array, Array]:
    """States (n, 4) and covariances (n, 4, 4) after `step_s`.

    `restless_m2_s3` (n,) is the spectral density of acceleration, `memory_s` (n,) how long a
    velocity lasts: its variance tends to half their product.
    """
    kept = np.exp(-step_s / memory_s)
    reach = memory_s * (1.0 - kept)
    F = np.zeros((len(states), 4, 4))
    F[:, (0, 1), (0, 1)] = 1.0
    F[:, (0, 1), (2, 3)] = reach[:, None]
    F[:, (2, 3), (2, 3)] = kept[:, None]
    moved = (F @ states[..., None])[..., 0]
    return moved, F @ covariances @ F.transpose(0, 2, 1) + _noise(
        step_s, restless_m2_s3, memory_s, kept
    )


def _noise(step_s: float, restless_m2_s3: Array, memory_s: Array, kept: Array) -> Array:
    """What the wandering velocity adds over a step, (n, 4, 4)."""
    short = step_s / memory_s < 1e-3
    place = np.where(
        short,
        step_s**3 / 3.0,
        memory_s**2 * (step_s - memory_s * (1.0 - kept) * (3.0 - kept) / 2.0),
    )
    both = memory_s**2 * (1.0 - kept) ** 2 / 2.0
    speed = memory_s * (1.0 - kept**2) / 2.0
    noise = np.zeros((len(memory_s), 4, 4))
    for axis in (0, 1):
        noise[:, axis, axis] = place * restless_m2_s3
        noise[:, axis, axis + 2] = noise[:, axis + 2, axis] = both * restless_m2_s3
        noise[:, axis + 2, axis + 2] = speed * restless_m2_s3
    return noise


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
