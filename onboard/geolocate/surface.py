"""The ground that rays meet: level at one height, or missions' elevation tiles.

A ray is followed on the ellipsoid, so the ground falls away with the earth's curvature. Where the
tiles know no ground below the first place at which a ray might have met it, the answer is that.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from missions.heights import HeightAmsl
from missions.terrain import Terrain
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.ground import Outcome
from onboard.geolocate.rotation import Array

FARTHEST_M = 10_000.0
# Steps along a ray grow with distance, as the posts of tiles are metres apart in any case.
FIRST_STEP_M, STEP_GROWTH = 2.0, 1.02
LONGEST_STEP_M = 15.0
ROUNDS = 40
CLOSE_ENOUGH_M = 1e-4


class Surface(Protocol):
    """Heights of the ground above sea level at places (n,), degrees; NaN where not known."""

    def amsl_m(self, latitude_deg: Array, longitude_deg: Array) -> Array:
        """Shape (n,)."""


class LevelGround:
    """Ground of one height."""

    def __init__(self, height: HeightAmsl) -> None:
        self._height_m = height.m

    def amsl_m(self, latitude_deg: Array, longitude_deg: Array) -> Array:
        """The one height, (n,)."""
        return np.full(np.shape(latitude_deg), self._height_m)


class TerrainGround:
    """The ground of elevation tiles."""

    def __init__(self, terrain: Terrain) -> None:
        self._terrain = terrain

    def amsl_m(self, latitude_deg: Array, longitude_deg: Array) -> Array:
        """As the tiles have it, (n,)."""
        return self._terrain.grounds(latitude_deg, longitude_deg).amsl_m


def clearance(points_enu_m: Array, surface: Surface, frame: EarthFrame, lift_m: Array) -> Array:
    """How far points (n, 3) are above the ground raised by `lift_m` (n,), metres."""
    latitude, longitude, height = frame.geodetic(points_enu_m)
    above: Array = height - surface.amsl_m(latitude, longitude) - lift_m
    return above


def meet(
    origin_enu_m: Array,
    directions: Array,
    *,
    surface: Surface,
    frame: EarthFrame,
    lift_m: Array,
    farthest_m: float = FARTHEST_M,
) -> tuple[Array, npt.NDArray[np.int8]]:
    """Distances (n,) along unit rays (n, 3) to the ground raised by `lift_m` (n,), and outcomes.

    A distance is NaN where the outcome is no HIT. A ray that is still above the ground at
    `farthest_m` is ABOVE_HORIZON where it rises, else BEYOND_REACH.
    """
    marks = _marks(farthest_m)
    near, far = np.zeros(len(directions)), np.full(len(directions), np.nan)
    outcome = np.full(len(directions), Outcome.BEYOND_REACH, dtype=np.int8)
    origins = np.broadcast_to(origin_enu_m, directions.shape)
    going = np.arange(len(directions))
    for mark in marks:
        at = origins[going] + directions[going] * mark
        above = clearance(at, surface, frame, lift_m[going])
        met, unknown = above <= 0.0, np.isnan(above)
        far[going[met]] = mark
        outcome[going[met]] = Outcome.HIT if mark > 0.0 else Outcome.BELOW_GROUND
        outcome[going[unknown]] = Outcome.NO_TERRAIN
        near[going[~met & ~unknown]] = mark
        going = going[~met & ~unknown]
        if not going.size:
            break
    rises = (outcome == Outcome.BEYOND_REACH) & (_falling(origins, directions, frame) <= 0.0)
    outcome[rises] = Outcome.ABOVE_HORIZON
    hit = np.flatnonzero(outcome == Outcome.HIT)
    distance = np.full(len(directions), np.nan)
    distance[hit] = _between(
        origins[hit], directions[hit], near[hit], far[hit], surface, frame, lift_m[hit]
    )
    outcome[hit[np.isnan(distance[hit])]] = Outcome.NO_TERRAIN
    return distance, outcome


def meet_near(
    origins_enu_m: Array,
    directions: Array,
    about_m: Array,
    *,
    surface: Surface,
    frame: EarthFrame,
    lift_m: Array,
) -> Array:
    """Distances (n,) to the ground of rays like one that met it `about_m` (n,) away; NaN if none.

    Each step goes on to the level of the ground below the last one, with the slope between steps:
    quick, and right where the ground near by goes on as it is.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        last, last_above = 0.999 * about_m, None
        distance = about_m.copy()
        last_above = clearance(origins_enu_m + directions * last[:, None], surface, frame, lift_m)
        for _ in range(ROUNDS // 4):
            at = origins_enu_m + directions * distance[:, None]
            above = clearance(at, surface, frame, lift_m)
            gradient = (above - last_above) / (distance - last)
            step = np.where(np.abs(above) < CLOSE_ENOUGH_M, 0.0, -above / gradient)
            last, last_above = distance, above
            distance = distance + np.clip(step, -0.5 * distance, 2.0 * distance)
            if np.nanmax(np.abs(step), initial=0.0) < CLOSE_ENOUGH_M:
                break
        done = np.abs(last_above) < 0.05
    return np.where(done & (distance > 0.0), distance, np.nan)


def _marks(farthest_m: float) -> list[float]:
    marks, step = [0.0], FIRST_STEP_M
    while marks[-1] < farthest_m:
        marks.append(marks[-1] + step)
        step = min(step * STEP_GROWTH, max(LONGEST_STEP_M, 0.01 * marks[-1]))
    return marks


def _falling(origins: Array, directions: Array, frame: EarthFrame) -> Array:
    """How far each ray comes down over its first metres."""
    _, _, here = frame.geodetic(origins)
    _, _, there = frame.geodetic(origins + 10.0 * directions)
    fall: Array = here - there
    return fall


def _between(
    origins: Array,
    directions: Array,
    near: Array,
    far: Array,
    surface: Surface,
    frame: EarthFrame,
    lift_m: Array,
) -> Array:
    """Halving between a place above the ground and one below it; NaN where it is not known."""
    near, far = near.copy(), far.copy()
    for _ in range(ROUNDS):
        if not far.size or float(np.max(far - near)) < CLOSE_ENOUGH_M:
            break
        middle = 0.5 * (near + far)
        above = clearance(origins + directions * middle[:, None], surface, frame, lift_m)
        below = above <= 0.0
        unknown = np.isnan(above)
        far = np.where(unknown, np.nan, np.where(below, middle, far))
        near = np.where(below | unknown, near, middle)
    distance: Array = 0.5 * (near + far)
    return distance
