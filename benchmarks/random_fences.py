"""What random plans have done to their fences."""

import math
from dataclasses import replace

from benchmarks.random_draft import Draft, Twist
from missions.geodesy import GeoPoint
from missions.plan import FenceCircle, FencePolygon

WAYPOINT = 16


def _fence_about_home(draft: Draft) -> None:
    size_m = draft.random.choice((50.0, 150.0, 250.0, 350.0, 900.0))
    draft.polygons.append(draft.ring(size_m, count=draft.random.randint(3, 12)))


def _fence_without_home(draft: Draft) -> None:
    draft.polygons.append(draft.ring(100.0, draft.plane.geo(400.0, 300.0)))


def _no_fly_polygon(draft: Draft) -> None:
    where = draft.place() if draft.random.random() < 0.7 else draft.home.position
    ring = draft.ring(draft.random.choice((20.0, 80.0, 200.0)), where, draft.random.randint(3, 9))
    draft.polygons.append(replace(ring, inclusion=False))


def _circle(draft: Draft) -> None:
    radius_m = draft.random.choice((30.0, 120.0, 300.0, 500.0, 5000.0))
    center = draft.place(200.0) if draft.random.random() < 0.6 else draft.home.position
    inclusion = draft.random.random() < 0.5
    draft.circles.append(FenceCircle(center=center, radius_m=radius_m, inclusion=inclusion))


def _odd_circle(draft: Draft) -> None:
    radius_m = draft.random.choice((0.0, -0.0, -300.0, math.nan, math.inf, 1e-3, 3e38, 1e20))
    inclusion = draft.random.random() < 0.5
    draft.circles.append(
        FenceCircle(center=draft.place(100.0), radius_m=radius_m, inclusion=inclusion)
    )


def _few_vertices(draft: Draft) -> None:
    ring = draft.ring(500.0, count=3)
    draft.polygons.insert(0, replace(ring, ring=ring.ring[: draft.random.randint(0, 2)]))


def _crossing_fence(draft: Draft) -> None:
    # About another place than home: its sides cross there, and home would lie on both.
    one, two, three, four = draft.ring(600.0, draft.place(200.0)).ring
    draft.polygons.append(FencePolygon(ring=(one, three, two, four), inclusion=True))


def _flat_fence(draft: Draft) -> None:
    one, two, three = draft.ring(400.0, count=3).ring
    ring = draft.random.choice(((one, one, one), (one, two, one), (one, two, two, three, three)))
    draft.polygons.append(FencePolygon(ring=ring, inclusion=draft.random.random() < 0.5))


def _fence_through_waypoint(draft: Draft) -> None:
    """A vertex, or a level or upright edge, exactly at a waypoint."""
    spots = [i for i in draft.items if i.command == WAYPOINT and -90.0 <= i.params[4] <= 90.0]
    if not spots or not -180.0 <= spots[0].params[5] <= 180.0:
        return
    lat, lon = spots[0].params[4:6]
    away = 0.004
    rings = (
        ((lat, lon), (lat + away, lon + away), (lat + away, lon - away)),
        ((lat, lon - away), (lat, lon + away), (lat + away, lon + away), (lat + away, lon - away)),
        ((lat - away, lon), (lat + away, lon), (lat + away, lon + away), (lat - away, lon + away)),
    )
    ring = tuple(
        GeoPoint(latitude_deg=a, longitude_deg=max(-180.0, min(180.0, b)))
        for a, b in draft.random.choice(rings)
    )
    draft.polygons.append(FencePolygon(ring=ring, inclusion=draft.random.random() < 0.5))


def _full_fence(draft: Draft) -> None:
    taken = sum(len(polygon.ring) for polygon in draft.polygons) + len(draft.circles)
    room = 64 - taken + draft.random.choice((0, 0, 1, 20))
    if room >= 3:
        draft.polygons.append(draft.ring(1500.0, count=room))


def _fence_elsewhere(draft: Draft) -> None:
    here = draft.home.position
    middle = GeoPoint(latitude_deg=-here.latitude_deg, longitude_deg=here.longitude_deg / 2.0)
    ring = draft.ring(5000.0, middle)
    draft.polygons.append(replace(ring, inclusion=draft.random.random() < 0.5))


def _fence_over_antimeridian(draft: Draft) -> None:
    lat = draft.home.position.latitude_deg
    corners = ((lat - 1.0, 179.0), (lat + 1.0, 179.0), (lat + 1.0, -179.0), (lat - 1.0, -179.0))
    ring = tuple(GeoPoint(latitude_deg=a, longitude_deg=b) for a, b in corners)
    draft.polygons.append(FencePolygon(ring=ring, inclusion=draft.random.random() < 0.5))


FENCE_TWISTS: dict[str, Twist] = {
    "a fence about home": _fence_about_home,
    "a fence that excludes home": _fence_without_home,
    "a no-fly polygon": _no_fly_polygon,
    "a circle": _circle,
    "a circle with an odd radius": _odd_circle,
    "a polygon of fewer than three": _few_vertices,
    "a fence that crosses itself": _crossing_fence,
    "a fence without area": _flat_fence,
    "a fence through a waypoint": _fence_through_waypoint,
    "a fence of 64 items or more": _full_fence,
    "a fence elsewhere": _fence_elsewhere,
    "a fence over the antimeridian": _fence_over_antimeridian,
}
