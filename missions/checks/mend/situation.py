"""What a mender works with: the plan, what was found of it, and what it is held against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from missions.camera import CameraModel
from missions.checks.finding import Finding
from missions.checks.px4_profile import Px4Profile
from missions.checks.surroundings import Surroundings
from missions.plan import Plan
from missions.terrain.surface import Terrain
from missions.vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a plan is held against; `camera` is the one named, None where none was."""

    vehicle: Vehicle
    profile: Px4Profile
    terrain: Terrain | None = None
    surroundings: Surroundings | None = None
    camera: CameraModel | None = None
    clearance_m: float = 10.0
    ceiling_m: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A plan with something mended, and what that was, a line each."""

    plan: Plan
    said: tuple[str, ...]


# Ways to mend some findings, the best first; none where nothing can be done.
Way = Callable[[Plan, Sequence[Finding], Situation], list[Change]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mender:
    """Mends the findings of some rules."""

    rules: frozenset[str]
    ways: Way
