"""From covariances in the plane to error ellipses."""

import math

import numpy as np

from onboard.geolocate.rotation import Array
from onboard.messages import GroundEllipse


def ellipses(covariances_en_m2: Array, probability: float = 0.9) -> list[GroundEllipse]:
    """The ellipses that hold the truth with `probability`, of (n, 2, 2) covariances (east, north).

    The scale is the root of the chi-square quantile with two degrees of freedom,
    -2 ln(1 - probability).
    """
    values, vectors = np.linalg.eigh(covariances_en_m2)
    scale = math.sqrt(-2.0 * math.log(1.0 - probability))
    axes = (scale * np.sqrt(np.maximum(values, 0.0))).tolist()
    bearings = (np.arctan2(vectors[:, 0, 1], vectors[:, 1, 1]) % math.pi).tolist()
    return [
        GroundEllipse(
            semi_major_m=round(major, 3),
            semi_minor_m=round(minor, 3),
            orientation_rad=round(bearing, 4),
            probability=probability,
        )
        for (minor, major), bearing in zip(axes, bearings, strict=True)
    ]


def ellipse(covariance_en_m2: Array, probability: float = 0.9) -> GroundEllipse:
    """The ellipse of one (2, 2) covariance."""
    return ellipses(covariance_en_m2[None], probability)[0]
