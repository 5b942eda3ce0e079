"""The wind: above what the vehicle may fly in, or too much for a leg to be held."""

import math

from missions.checks.around.part import Part, Track
from missions.checks.finding import Finding, error, warning
from missions.vehicle import Vehicle
from missions.wind import Wind
from missions.wind_triangle import flown_ground_speed_m_s

# Less than this much slower is not worth a word.
NOTED_M_S = 0.1


def wind_findings(track: Track | None, vehicle: Vehicle, wind: Wind) -> list[Finding]:
    """Everything that the wind forbids, then what it only makes worse."""
    found = _above_limit(vehicle, wind)
    if track is None or wind.strongest_m_s == 0.0:
        return found
    blown = [part for part in track.parts if not part.held]
    found += [_cannot_be_held(track, part, blown, wind) for part in blown[:1]]
    if not blown:
        found += _in_gusts(track, vehicle, wind)
    slow = [part for part in track.parts if part.lacking_m_s > NOTED_M_S and part.length_m > 1.0]
    return found + [_slower(track, part, slow, wind) for part in slow[:1]]


def _above_limit(vehicle: Vehicle, wind: Wind) -> list[Finding]:
    limit = vehicle.wind_limit_m_s
    if wind.strongest_m_s <= limit:
        return []
    gusts = wind.speed_m_s <= limit
    what = f"gusts of {wind.gust_m_s:g} m/s are" if gusts else f"{wind.speed_m_s:g} m/s of wind is"
    return [
        error(
            "gusts" if gusts else "wind-limit",
            f"{what} above the {limit:g} m/s that {vehicle.name} may fly in",
            "wait for less wind, or take another vehicle",
        )
    ]


def _cannot_be_held(track: Track, part: Part, blown: list[Part], wind: Wind) -> Finding:
    more = f" and {len(blown) - 1} more" if len(blown) > 1 else ""
    return error(
        "wind-leg",
        f"{part.name}{more} cannot be held: {wind.speed_m_s:g} m/s of wind blow the vehicle off it",
        "fly on another day, or faster through the air",
        item=part.item,
        place=track.place(part.start),
    )


def _in_gusts(track: Track, vehicle: Vehicle, wind: Wind) -> list[Finding]:
    gust = Wind(speed_m_s=wind.strongest_m_s, from_rad=wind.from_rad)
    for part in track.parts:
        if part.length_m < 1.0:
            continue
        course = math.atan2(part.end[0] - part.start[0], part.end[1] - part.start[1])
        asked = max(vehicle.min_airspeed_m_s, part.airspeed_m_s)
        speed = asked if vehicle.winged else vehicle.cruise_speed_m_s
        if flown_ground_speed_m_s(course, speed, vehicle, gust) is None:
            return [
                warning(
                    "gusts",
                    f"{part.name} cannot be held in gusts of {gust.speed_m_s:g} m/s",
                    "leave room beside it, or fly on another day",
                    item=part.item,
                    place=track.place(part.start),
                )
            ]
    return []


def _slower(track: Track, part: Part, slow: list[Part], wind: Wind) -> Finding:
    more = f" and {len(slow) - 1} more" if len(slow) > 1 else ""
    return warning(
        "wind-slows",
        f"{part.name}{more} is flown {part.lacking_m_s:.1f} m/s slower than asked, against "
        f"{wind.speed_m_s:g} m/s of wind",
        "reckon with the longer flight",
        item=part.item,
        place=track.place(part.start),
    )
