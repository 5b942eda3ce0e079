"""Sweeps by wings, to be predicted and flown on PX4's simulated VTOL and plane."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.flight_missions import GROUND_AMSL_M, HOME, PLANE
from missions.area import Area
from missions.assemble import Assembly, assemble
from missions.heights import HeightAboveHome, HeightAmsl
from missions.patterns.sweep.winged import winged_sweep
from missions.plan import Home, Plan
from missions.vehicle import Vehicle, known_vehicles

# Metres east and north of home.
FIELD = ((158.0, 222.0), (1106.0, 278.0), (1067.0, 889.0), (474.0, 944.0), (119.0, 667.0))
# PX4 v1.17's SIH plane takes off from a runway that it cannot keep to, and its airframe file sets
# SIH_T_MAX where the simulator reads SIH_F_T_MAX: without both it does not reach its cruise.
PLANE_PARAMETERS = {"RWTO_TKOFF": 0.0, "SIH_F_T_MAX": 10.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class WingedMission:
    """One mission, what flies it, and which of PX4's airframes that is."""

    name: str
    plan: Plan
    vehicle: Vehicle
    model: str
    parameters: Mapping[str, float] = field(default_factory=dict)


def winged_missions() -> list[WingedMission]:
    """A sweep by a VTOL and one by a plane."""
    return [
        _sweep("px4-sitl-standard-vtol", "sihsim_standard_vtol", swath_m=80.0),
        _sweep("px4-sitl-plane", "sihsim_airplane", swath_m=100.0, parameters=PLANE_PARAMETERS),
    ]


def _sweep(
    name: str, model: str, *, swath_m: float, parameters: Mapping[str, float] | None = None
) -> WingedMission:
    vehicle = known_vehicles()[name]
    path = winged_sweep(
        Area(outer=tuple(PLANE.geo(*point) for point in FIELD)),
        swath_m=swath_m,
        height=HeightAboveHome(60.0),
        vehicle=vehicle,
        speed_m_s=vehicle.cruise_speed_m_s,
        start=HOME,
    )
    how = Assembly(speed_m_s=vehicle.cruise_speed_m_s, wings=vehicle)
    plan = assemble(path, Home(position=HOME, height=HeightAmsl(GROUND_AMSL_M)), how)
    return WingedMission(
        name=f"{name}: sweep of {path.figures['passes']:g} passes",
        plan=plan,
        vehicle=vehicle,
        model=model,
        parameters=parameters or {},
    )
