"""Where the sought one may be: weights of places, areas and a raster, as mass on the ground."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from missions.area import Area, Place
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane

Array = npt.NDArray[np.float64]

MOST_SAMPLES = 40_000
SPREAD_KEYS = ("sigma_m", "spread_m", "uncertainty_m")
WEIGHT_KEYS = ("weight", "probability", "poa")


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyPlace:
    """A place near which the sought one may be: a normal distribution, `sigma_m` each way."""

    position: GeoPoint
    weight: float
    sigma_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyArea:
    """An area in which the sought one may be anywhere with the same probability."""

    area: Area
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyRaster:
    """A grid of weights, one for each cell, north row first; edges in degrees."""

    weights: Array
    west_deg: float
    north_deg: float
    cell_width_deg: float
    cell_height_deg: float


Belief = LikelyPlace | LikelyArea | LikelyRaster


def beliefs_of(areas: Sequence[Area], places: Sequence[Place], *, sigma_m: float) -> list[Belief]:
    """The weighted areas and places of a drawing; one without a weight weighs 1.

    Raises:
        BadInput: a weight or a spread is not a number that makes sense.
    """
    found: list[Belief] = [LikelyArea(area=one, weight=_weight(one)) for one in areas]
    for one in places:
        sigma = _number(one, SPREAD_KEYS, sigma_m)
        if not sigma > 0.0:
            raise BadInput(where=one.name or "place", what=f"a spread of {sigma:g} m")
        found.append(LikelyPlace(position=one.position, weight=_weight(one), sigma_m=sigma))
    return found


def _weight(one: Area | Place) -> float:
    weight = _number(one, WEIGHT_KEYS, 1.0)
    if weight < 0.0:
        raise BadInput(where=one.name or "shape", what=f"a weight of {weight:g} is below zero")
    return weight


def _number(one: Area | Place, keys: tuple[str, ...], default: float) -> float:
    for key in keys:
        if key in one.properties:
            value = one.properties[key]
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise BadInput(where=one.name or "shape", what=f"{key} is not a number")
            try:
                number = float(value)
            except (ValueError, OverflowError) as error:
                raise BadInput(
                    where=one.name or "shape", what=f"{key}: {value!r} is not a number"
                ) from error
            if not math.isfinite(number):
                raise BadInput(where=one.name or "shape", what=f"{key} is not finite")
            return number
    return default


def samples_of(ground: BaseGeometry, plane: LocalPlane, beliefs: Sequence[Belief]) -> Array:
    """The belief on the ground as points: shape (n, 3), east, north and mass, which sum to 1.

    Raises:
        BadInput: no part of the weights lies on the ground.
    """
    west, south, east, north = ground.bounds
    step = math.sqrt(max((east - west) * (north - south), 1e-9) / MOST_SAMPLES)
    xs = np.arange(west + step / 2.0, east, step)
    ys = np.arange(south + step / 2.0, north, step)
    x, y = (grid.ravel() for grid in np.meshgrid(xs, ys))
    shapely.prepare(ground)
    inside = shapely.intersects_xy(ground, x, y)
    points = np.stack((x[inside], y[inside]), axis=1)
    mass = np.zeros(len(points))
    for belief in beliefs:
        mass += belief_weight(belief) * _share(belief, plane, points, step)
    total = float(mass.sum())
    if not total > 0.0:
        raise BadInput(where="search", what="none of the weights lies where it may be flown")
    held = mass > 0.0
    return np.column_stack((points[held], mass[held] / total))


def belief_weight(belief: Belief) -> float:
    """All that a belief weighs, on the ground or beside it."""
    if isinstance(belief, LikelyRaster):
        return float(belief.weights.sum())
    return belief.weight


def _share(belief: Belief, plane: LocalPlane, points: Array, step: float) -> Array:
    """The share of a belief's whole weight in the square of `step` metres about each point."""
    if isinstance(belief, LikelyPlace):
        return _normal(points - np.array(plane.en(belief.position)), belief.sigma_m, step)
    if isinstance(belief, LikelyArea):
        polygon = shapely.make_valid(belief.area.polygon(plane))
        if polygon.area <= 0.0:
            raise BadInput(where=belief.area.name or "area", what="it encloses nothing")
        shapely.prepare(polygon)
        within = shapely.intersects_xy(polygon, points[:, 0], points[:, 1])
        return np.asarray(within * (step * step / polygon.area))
    return _of_raster(belief, plane, points, step)


def _normal(away: Array, sigma_m: float, step: float) -> Array:
    edges = (away[:, :, None] + np.array((-0.5, 0.5)) * step) / sigma_m
    # Imported where it is needed: no other pattern need wait for it.
    from scipy.special import ndtr

    inside = np.diff(ndtr(edges), axis=2)[:, :, 0]
    return np.asarray(inside[:, 0] * inside[:, 1])


def _of_raster(raster: LikelyRaster, plane: LocalPlane, points: Array, step: float) -> Array:
    total = float(raster.weights.sum())
    if total <= 0.0:
        return np.zeros(len(points))
    geo = plane.geo_from_en(points)
    row = np.floor((raster.north_deg - geo[:, 0]) / raster.cell_height_deg).astype(int)
    column = np.floor((geo[:, 1] - raster.west_deg) / raster.cell_width_deg).astype(int)
    rows, columns = raster.weights.shape
    held = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    share = np.zeros(len(points))
    middle = plane.geo_from_en(points.mean(axis=0))
    near = GeoPoint(latitude_deg=float(middle[0]), longitude_deg=float(middle[1]))
    cell_m2 = _cell_m2(raster, near)
    share[held] = raster.weights[row[held], column[held]] / total * (step * step / cell_m2)
    return share


def _cell_m2(raster: LikelyRaster, near: GeoPoint) -> float:
    north = math.radians(raster.cell_height_deg) * 6_371_000.0
    east = math.radians(raster.cell_width_deg) * 6_371_000.0
    return max(north * east * math.cos(math.radians(near.latitude_deg)), 1e-6)
