"""Pixels to places on any surface, with covariances: `locate` for level ground is the quick way.

Covariances come from divided differences at one standard deviation along each axis of the errors
(DD1 of Norgaard, Poulsen and Ravn, Automatica 36, 2000): each hypothesis is a whole ray to the
whole surface, so that curvature, relief and distortion are in it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.error_budget import STATES
from onboard.geolocate.ground import FLAGGED_BELOW_RAD, Outcome
from onboard.geolocate.rotation import Array
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.surface import FARTHEST_M, Surface, meet, meet_near


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a view's errors are thought to be, (7,) in the order of `STATE`, and how surely."""

    mean: Array
    covariance: Array

    @classmethod
    def untold(cls, covariance: Array) -> "Belief":
        """Nothing is known but how large errors are."""
        return cls(mean=np.zeros(STATES), covariance=covariance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where n rays meet the ground; rows whose `outcome` is no HIT hold NaN.

    `enu_m` (n, 3) in the earth's frame; `latitude_deg`, `longitude_deg`, `height_amsl_m` (n,) of
    the point itself; `own_m2` (of pixel and assumed height) and `shared_m2` (of pose and ground)
    (n, 2, 2), east and north; `changing_m2` that part of the view's which the next frame does not
    share; `displaced_m` (k, n, 2) how far each of the wanted steps of the errors moves each place;
    `slant_m` and `depression_rad` (n,): how far, and how far below the
    horizon. `clipped` (n,): part of what may be lies past the horizon; the covariance is a floor.
    """

    enu_m: Array
    latitude_deg: Array
    longitude_deg: Array
    height_amsl_m: Array
    own_m2: Array
    shared_m2: Array
    changing_m2: Array
    displaced_m: Array
    slant_m: Array
    depression_rad: Array
    outcome: npt.NDArray[np.int8]
    clipped: npt.NDArray[np.bool_]

    @property
    def shallow(self) -> npt.NDArray[np.bool_]:
        """Which places are seen at less than 15 degrees, (n,)."""
        return np.asarray((self.outcome == Outcome.HIT) & (self.depression_rad < FLAGGED_BELOW_RAD))

    @property
    def covariance_m2(self) -> Array:
        """The whole, (n, 2, 2)."""
        whole: Array = self.own_m2 + self.shared_m2
        return whole


def place_pixels(
    pixels: Array,
    sightline: Sightline,
    belief: Belief,
    *,
    surface: Surface,
    frame: EarthFrame,
    pixel_sigma_px: Array,
    ground_sigma_m: float,
    lift_m: Array | None = None,
    lift_sigma_m: Array | None = None,
    farthest_m: float = FARTHEST_M,
    changing: Array | None = None,
    steps: Array | None = None,
) -> Places:
    """Place pixels (n, 2) of one frame.

    `lift_m` (n,) is how far above the ground the seen point is, `lift_sigma_m` how well that is
    known; `pixel_sigma_px` (n,) the error of a pixel along each axis; `changing` (7, 7) the
    covariance of what is the frame's own among the view's errors; `steps` (k, 7) are wanted moves
    of the view's errors.
    """
    count = len(pixels)
    lift = np.zeros(count) if lift_m is None else lift_m
    lift_sigma = np.zeros(count) if lift_sigma_m is None else lift_sigma_m
    errors = np.broadcast_to(belief.mean, (count, STATES))
    origin = sightline.origins(belief.mean)
    rays = sightline.directions(pixels, errors)
    distance, outcome = meet(
        origin, rays, surface=surface, frame=frame, lift_m=lift, farthest_m=farthest_m
    )
    points = origin + rays * distance[:, None]
    spread = _Spread(pixels, sightline, belief, surface, frame, lift, distance, points)
    shared = spread.of_view(belief.covariance) + spread.of_lift(np.full(count, ground_sigma_m))
    own = spread.of_pixel(pixel_sigma_px) + spread.of_lift(lift_sigma)
    latitude, longitude, height = frame.geodetic(points)
    return Places(
        enu_m=points,
        latitude_deg=latitude,
        longitude_deg=longitude,
        height_amsl_m=height,
        own_m2=own,
        shared_m2=shared,
        changing_m2=np.zeros((count, 2, 2)) if changing is None else spread.of_view(changing),
        displaced_m=spread.displaced(np.empty((0, STATES)) if steps is None else steps),
        slant_m=distance,
        depression_rad=_depression(rays, sightline),
        outcome=outcome,
        clipped=spread.clipped & (outcome == Outcome.HIT),
    )


class _Spread:
    """Covariances of the places (east, north) under one source of error after another."""

    def __init__(
        self,
        pixels: Array,
        sightline: Sightline,
        belief: Belief,
        surface: Surface,
        frame: EarthFrame,
        lift: Array,
        distance: Array,
        points: Array,
    ) -> None:
        self._pixels, self._sightline, self._belief = pixels, sightline, belief
        self._surface, self._frame = surface, frame
        self._lift, self._distance, self._points = lift, distance, points
        self.clipped = np.zeros(len(pixels), dtype=np.bool_)

    def of_view(self, covariance: Array) -> Array:
        """Of the view's errors, along the axes of their covariance."""
        values, axes = np.linalg.eigh(covariance)
        steps = axes.T * np.sqrt(np.maximum(values, 0.0))[:, None]
        wanted = [step for step in steps if np.any(step != 0.0)]
        return sum((self._along(error=step) for step in wanted), self._nothing())

    def of_pixel(self, sigma_px: Array) -> Array:
        """Of the pixel, across and down."""
        across, down = np.zeros_like(self._pixels), np.zeros_like(self._pixels)
        across[:, 0], down[:, 1] = sigma_px, sigma_px
        return self._along(pixel=across) + self._along(pixel=down)

    def of_lift(self, sigma_m: Array) -> Array:
        """Of the height of the ground or of the point above it."""
        return self._along(lift=sigma_m) if np.any(sigma_m > 0.0) else self._nothing()

    def displaced(self, steps: Array) -> Array:
        """(k, n, 2): how far each of `steps` (k, 7) of the errors moves each place."""
        moved = [self._moved(step, 0.0, 0.0) - self._points[:, :2] for step in steps]
        return np.array(moved).reshape(len(steps), len(self._pixels), 2)

    def _nothing(self) -> Array:
        return np.zeros((len(self._pixels), 2, 2))

    def _along(
        self,
        *,
        error: Array | float = 0.0,
        pixel: Array | float = 0.0,
        lift: Array | float = 0.0,
    ) -> Array:
        plus = self._moved(error, pixel, lift)
        minus = self._moved(-1.0 * error, -1.0 * pixel, -1.0 * lift)
        lost = np.isnan(plus[:, 0]) | np.isnan(minus[:, 0])
        self.clipped |= lost
        here = self._points[:, :2]
        one_sided = np.where(np.isnan(plus), here - minus, plus - here)
        difference = np.where(lost[:, None], one_sided, 0.5 * (plus - minus))
        whole: Array = difference[:, :, None] * difference[:, None, :]
        return whole

    def _moved(self, error: Array | float, pixel: Array | float, lift: Array | float) -> Array:
        state = self._belief.mean + error
        errors = np.broadcast_to(state, (len(self._pixels), STATES))
        origins = np.broadcast_to(self._sightline.origins(state), self._points.shape)
        rays = self._sightline.directions(self._pixels + pixel, errors)
        distance = meet_near(
            origins,
            rays,
            self._distance,
            surface=self._surface,
            frame=self._frame,
            lift_m=self._lift + lift,
        )
        moved: Array = (origins + rays * distance[:, None])[:, :2]
        return moved


def _depression(rays_enu: Array, sightline: Sightline) -> Array:
    ned = rays_enu @ sightline.R_enu_from_ned
    below: Array = np.arctan2(ned[:, 2], np.hypot(ned[:, 0], ned[:, 1]))
    return below
