"""Plans mended, held against everything that they are given."""

from collections.abc import Callable
from typing import Any

import pytest

from missions.camera import CameraModel
from missions.checks import Px4Profile, check
from missions.checks.mend import Mended, mend
from missions.checks.mend.situation import Situation
from missions.checks.surroundings import Surroundings
from missions.plan import FencePolygon, Plan
from missions.terrain import Terrain
from missions.vehicle import Vehicle

VEHICLE = Vehicle(name="test", endurance_s=3600.0)
WIDE = CameraModel(
    name="wide",
    image_width_px=1000,
    image_height_px=1000,
    horizontal_field_of_view_deg=90.0,
    min_trigger_interval_s=2.0,
)


def mended(
    plan: Plan,
    *,
    vehicle: Vehicle = VEHICLE,
    terrain: Terrain | None = None,
    camera: CameraModel | None = None,
    profile: Px4Profile | None = None,
    **around: Any,
) -> Mended:
    surroundings = Surroundings(**around, **({"camera": camera} if camera else {}))
    known = profile or Px4Profile()
    situation = Situation(
        vehicle=vehicle, profile=known, terrain=terrain, surroundings=surroundings, camera=camera
    )

    def checked(one: Plan) -> Any:
        return check(
            one,
            profile=known,
            vehicle=vehicle,
            terrain=terrain,
            surroundings=surroundings,
            camera=camera,
        )

    return mend(plan, checked, situation)


def ring(here: Any, *points: tuple[float, float], inclusion: bool = True) -> FencePolygon:
    return FencePolygon(ring=tuple(here.plane.geo(*one) for one in points), inclusion=inclusion)


def box(
    here: Any, west: float, south: float, east: float, north: float, **how: Any
) -> FencePolygon:
    return ring(here, (west, south), (east, south), (east, north), (west, north), **how)


def rules(found: Mended) -> set[str]:
    return {one.rule for one in found.findings}


class Bench:
    """What mends plans here, and shapes to mend them by."""

    VEHICLE = VEHICLE
    WIDE = WIDE
    mended: Callable[..., Mended] = staticmethod(mended)
    ring: Callable[..., FencePolygon] = staticmethod(ring)
    box: Callable[..., FencePolygon] = staticmethod(box)
    rules: Callable[[Mended], set[str]] = staticmethod(rules)


@pytest.fixture(scope="session")
def bench() -> type[Bench]:
    return Bench
