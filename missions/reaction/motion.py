"""How a drone's vehicle moves in the wind, as the kernels want it, and which drones move alike."""

import math

from missions.area import Area
from missions.reaction.kernels.ways import Motion
from missions.reaction.situation import RunningDrone
from missions.wind import Wind

Kind = tuple[Motion, float, Area | None]


def kind_of(drone: RunningDrone, wind: Wind) -> Kind:
    """What tells drones apart whose ways take different times: motion, hovering's drain, fence."""
    return motion_of(drone, wind), hovering_drain(drone), drone.fence


def motion_of(drone: RunningDrone, wind: Wind) -> Motion:
    """A multirotor holds its speed over the ground up to its greatest air speed; a wing holds its
    air speed, and at every stop turns back in half a circle."""
    vehicle = drone.vehicle
    speed = drone.cruise_m_s or vehicle.cruise_speed_m_s
    east, north = wind.toward_en_m_s
    stop_s = speed / vehicle.acceleration_m_s2
    if vehicle.winged:
        stop_s = math.pi * vehicle.turn_radius_m / speed
    return Motion(
        speed_m_s=speed,
        most_air_m_s=speed if vehicle.winged else vehicle.max_airspeed_m_s,
        cruise_m_s=vehicle.cruise_speed_m_s,
        winged=vehicle.winged,
        wind_e_m_s=east,
        wind_n_m_s=north,
        acceleration_m_s2=vehicle.acceleration_m_s2,
        stop_s=stop_s,
        climb_m_s=vehicle.climb_speed_m_s,
        descent_m_s=vehicle.descent_speed_m_s,
    )


def hovering_drain(drone: RunningDrone) -> float:
    """Seconds of battery that a second of hovering costs: over one only where powers say so."""
    hover, cruise = drone.vehicle.hover_power_w, drone.vehicle.cruise_power_w
    if drone.vehicle.winged or hover is None or cruise is None:
        return 1.0
    return max(1.0, hover / cruise)
