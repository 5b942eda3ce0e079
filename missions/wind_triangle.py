"""Air speed, ground speed and wind along a course: the wind triangle.

Course is the direction of motion over the ground, heading that of the nose; both from north to the
right. A wing holds its air speed, so that the wind sets its speed over the ground; a multirotor
holds its speed over the ground, as long as the air speed that this needs is not too much for it.
"""

import math

from missions.vehicle import Vehicle
from missions.wind import Wind


def ground_speed_m_s(course_rad: float, airspeed_m_s: float, wind: Wind) -> float | None:
    """Speed over the ground along a course at an air speed, or None where it cannot be held.

    A course cannot be held where the wind across it, or against it, is not below the air speed.
    """
    along, across = wind_along_and_across_m_s(course_rad, wind)
    if abs(across) >= airspeed_m_s:
        return None
    speed = along + math.sqrt(airspeed_m_s**2 - across**2)
    return speed if speed > 0.0 else None


def airspeed_m_s(course_rad: float, speed_over_ground_m_s: float, wind: Wind) -> float:
    """The air speed that a speed over the ground along a course asks for."""
    along, across = wind_along_and_across_m_s(course_rad, wind)
    return math.hypot(speed_over_ground_m_s - along, across)


def heading_rad(course_rad: float, airspeed: float, wind: Wind) -> float | None:
    """Where a wing's nose points to hold a course, 0 to 2 pi, or None where it cannot be held."""
    if ground_speed_m_s(course_rad, airspeed, wind) is None:
        return None
    _, across = wind_along_and_across_m_s(course_rad, wind)
    return (course_rad - math.asin(across / airspeed)) % (2.0 * math.pi)


def flown_ground_speed_m_s(
    course_rad: float, speed_m_s: float, vehicle: Vehicle, wind: Wind
) -> float | None:
    """What a vehicle asked for `speed_m_s` makes over the ground, or None where it is blown off.

    A wing takes it as an air speed. A multirotor holds it over the ground, less where its greatest
    air speed does not allow it.
    """
    if vehicle.winged:
        return ground_speed_m_s(course_rad, speed_m_s, wind)
    most = ground_speed_m_s(course_rad, vehicle.max_airspeed_m_s, wind)
    return None if most is None else min(speed_m_s, most)


def wind_along_and_across_m_s(course_rad: float, wind: Wind) -> tuple[float, float]:
    """The wind's parts along a course (a tail wind is above 0) and across it (to the right)."""
    east, north = wind.toward_en_m_s
    sine, cosine = math.sin(course_rad), math.cos(course_rad)
    return east * sine + north * cosine, east * cosine - north * sine
