"""Everything round a flight that a plan is held against: wind, link, people, airspace, others."""

from dataclasses import dataclass, field
from datetime import datetime

from missions.airspace.zone import Airspace
from missions.area import Area
from missions.camera import CameraModel, known_cameras
from missions.checks.around.airspace import airspace_findings
from missions.checks.around.curves import curved_track
from missions.checks.around.endurance import endurance_findings
from missions.checks.around.link import Station, link_findings
from missions.checks.around.others import OtherPlan, other_plan_findings
from missions.checks.around.part import Track
from missions.checks.around.people import people_findings
from missions.checks.around.privacy import privacy_findings, watch_of
from missions.checks.around.track import RETURN_HEIGHT_M, flown_track
from missions.checks.around.weather import wind_findings
from missions.checks.finding import Finding, warning
from missions.checks.never_reached import never_reached_findings
from missions.checks.px4_profile import Px4Profile
from missions.fleet.separation import Separation
from missions.plan import Plan
from missions.terrain.surface import Terrain
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

DEFAULT_CAMERA = "qyran-sim"


def _default_camera() -> CameraModel:
    return known_cameras()[DEFAULT_CAMERA]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies round a flight; whatever is left out is not checked.

    `at` is when it takes off: without it zones that apply at times are taken to apply.
    `authorised` are the identifiers of zones whose authority has agreed. `camera` is what looks
    down, `sight_m` how far away it can tell anybody by. `return_height_m` is PX4's RTL_RETURN_ALT.
    """

    wind: Wind = CALM
    airspace: tuple[Airspace, ...] = ()
    authorised: frozenset[str] = frozenset()
    at: datetime | None = None
    people: tuple[Area, ...] = ()
    privacy: tuple[Area, ...] = ()
    camera: CameraModel = field(default_factory=_default_camera)
    sight_m: float = 1000.0
    station: Station | None = None
    link_range_m: float | None = None
    others: tuple[OtherPlan, ...] = ()
    apart: Separation = field(default_factory=Separation)
    return_height_m: float = RETURN_HEIGHT_M


def findings_around(
    plan: Plan,
    vehicle: Vehicle,
    around: Surroundings,
    terrain: Terrain | None = None,
    profile: Px4Profile | None = None,
) -> list[Finding]:
    """Everything that the surroundings say against a plan; without a profile PX4's own defaults.

    Raises:
        BadInput: a tile's heights turn out not to be as its format says.
    """
    track = track_in(plan, vehicle, around, terrain)
    found = wind_findings(track, vehicle, around.wind)
    if around.wind.speed_m_s > 0.0 and not any(one.rule == "wind-leg" for one in found):
        found += never_reached_findings(plan, vehicle, around.wind)
    if track is None:
        return found + _needs_home(plan)
    found += endurance_findings(track, vehicle, around.wind, return_height_m=around.return_height_m)
    if around.airspace:
        curves = curved_track(plan, vehicle, track, around.wind, profile or Px4Profile())
        found += _airspace(track, curves, around, terrain)
    found += _of_the_ground(plan, track, around, terrain)
    return found + other_plan_findings(
        plan,
        vehicle,
        around.others,
        around.apart,
        track=track,
        return_height_m=around.return_height_m,
        terrain=terrain,
    )


def track_in(
    plan: Plan, vehicle: Vehicle, around: Surroundings, terrain: Terrain | None
) -> Track | None:
    """The flight in its wind; None where the plan names no home or flies to nothing."""
    return flown_track(
        plan,
        vehicle,
        wind=around.wind,
        terrain=terrain,
        return_height_m=around.return_height_m,
    )


def _airspace(
    track: Track, curves: Track, around: Surroundings, terrain: Terrain | None
) -> list[Finding]:
    return airspace_findings(
        track,
        around.airspace,
        at=around.at,
        authorised=around.authorised,
        terrain=terrain,
        return_height_m=around.return_height_m,
        curves=curves,
    )


def _of_the_ground(
    plan: Plan, track: Track, around: Surroundings, terrain: Terrain | None
) -> list[Finding]:
    found: list[Finding] = []
    if around.station is not None:
        found += link_findings(track, around.station, terrain, around.link_range_m)
    found += people_findings(track, around.people)
    if around.privacy:
        watch = watch_of(plan, around.camera, around.sight_m)
        found += privacy_findings(track, around.privacy, watch, terrain)
    return found


def _needs_home(plan: Plan) -> list[Finding]:
    if plan.home is not None or not plan.items:
        return []
    what = "the plan names no home: the flight cannot be held against its surroundings"
    return [warning("around-needs-home", what, "say where it takes off")]
