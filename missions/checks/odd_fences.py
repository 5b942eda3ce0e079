"""Fences that PX4 takes and that do not do what they seem to."""

import itertools
import math

from shapely.geometry import Polygon

from missions.area import ring_en
from missions.checks.finding import Finding, error, warning
from missions.geodesy import LocalPlane
from missions.plan import FenceCircle, FencePolygon, Plan

HALF_ROUND_DEG = 180.0
LEAST_AREA_M2 = 1.0


def odd_fence_findings(plan: Plan) -> list[Finding]:
    """Polygons that cross themselves, hold no ground or reach over the antimeridian, and circles
    without a proper radius."""
    found = []
    for index, polygon in enumerate(plan.fence.polygons):
        found += _polygon(f"fence polygon {index + 1}", polygon)
    for index, circle in enumerate(plan.fence.circles):
        found += _circle(f"fence circle {index + 1}", circle)
    return found


def _polygon(name: str, polygon: FencePolygon) -> list[Finding]:
    ring = polygon.ring
    if not ring:
        what = f"{name} has no points: PX4 never hears of it"
        return [warning("fence-empty", what, "draw it, or leave it out")]
    if len(ring) < 3:
        return []
    turns = [*ring, ring[0]]
    if any(
        abs(a.longitude_deg - b.longitude_deg) > HALF_ROUND_DEG
        for a, b in itertools.pairwise(turns)
    ):
        what = f"{name} crosses the antimeridian: PX4 takes it for a belt round the other side"
        return [error("fence-antimeridian", what, "draw it on one side of it", place=ring[0])]
    drawn = Polygon(ring_en(LocalPlane(ring[0]), ring))
    if drawn.convex_hull.area < LEAST_AREA_M2:
        what = f"{name} holds no ground"
        proposal = "give it three corners that do not lie in a line, or leave it out"
        return [error("fence-without-area", what, proposal, place=ring[0])]
    if not drawn.is_valid:
        what = f"{name} crosses itself: PX4 counts how often, and avoids none of it on a return"
        proposal = "name its corners in the order in which they are walked round"
        return [error("fence-crosses-itself", what, proposal, place=ring[0])]
    return []


def _circle(name: str, circle: FenceCircle) -> list[Finding]:
    radius_m = circle.radius_m
    if math.isfinite(radius_m) and radius_m > 0.0:
        return []
    if math.isfinite(radius_m) and radius_m < 0.0:
        what = f"{name} has a radius of {radius_m:g} m: PX4 takes it for {-radius_m:g} m"
        return [warning("fence-circle-radius", what, f"write {-radius_m:g} m", place=circle.center)]
    what = f"{name} has a radius of {radius_m:g} m: PX4 takes it, and it bounds nothing"
    return [
        error(
            "fence-circle-radius",
            what,
            "give it a radius in metres, or leave it out",
            place=circle.center,
        )
    ]
