"""Orbiting, looking at a place, and flying faster or higher."""

from ground_station.flying import need
from ground_station.flying.asking import Asking
from ground_station.flying.mission_deeds import NO_SPEED, fly_to
from ground_station.flying.outcome import done, refused, words
from ground_station.flying.wishes import ChangeHeight, ChangeSpeed, LookAt, Orbit
from ground_station.hub.vehicles_port import CommandOutcome
from ground_station.vehicles.state import VehicleState
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.px4_modes import Px4Mode

DO_ORBIT, DO_CHANGE_SPEED, DO_SET_ROI_LOCATION, DO_SET_ROI_NONE = 34, 178, 195, 197
FACE_THE_MIDDLE = 0.0
ORBIT_STREAM_S = 10.0
SAME_RADIUS = 0.15
SAME_PLACE_M = 10.0
SAME_SPEED = 0.15
SPEED_SEEN_S = 15.0
MOVING_M_S = 1.0
RESTS_M_S = 0.3


async def orbit(asking: Asking, wish: Orbit) -> CommandOutcome:
    """Circle a place; done when the vehicle reports the circle that was asked for."""
    need.in_the_air(asking)
    place = need.there(asking, wish.latitude_deg, wish.longitude_deg, wish.height_above_home_m)
    need.inside_fence(asking, place)
    asking.forget_orbit()
    signed_m = wish.radius_m if wish.clockwise else -wish.radius_m
    await asking.command(DO_ORBIT, signed_m, wish.speed_m_s, FACE_THE_MIDDLE, 0.0, place=place)
    await asking.see(lambda state: state.mode is Px4Mode.ORBIT)
    await asking.see(lambda state: state.orbit is not None, timeout_s=ORBIT_STREAM_S)
    seen = asking.state.orbit
    if seen is not None and _another_circle(seen.radius_m, signed_m):
        raise refused(
            words(
                "дрон басқа шеңбермен ұшады: {seen:.0f} м",
                "дрон летит по другому кругу: {seen:.0f} м",
                "it flies another circle: {seen:.0f} m",
                seen=abs(seen.radius_m),
            )
        )
    return done()


def _another_circle(seen_m: float, asked_m: float) -> bool:
    return abs(seen_m - asked_m) > abs(asked_m) * SAME_RADIUS


async def look_at(asking: Asking, wish: LookAt) -> CommandOutcome:
    """Keep nose and gimbal on a place.

    PX4 reports no region of interest, so what is seen is its ACK; on a vehicle with a gimbal the
    page shows where it points.
    """
    need.in_the_air(asking)
    height_m = need.home_amsl_m(asking) if wish.height_amsl_m is None else wish.height_amsl_m
    place = CommandPlace(
        latitude_deg=wish.latitude_deg, longitude_deg=wish.longitude_deg, height_amsl_m=height_m
    )
    await asking.command(DO_SET_ROI_LOCATION, place=place)
    return done()


async def look_away(asking: Asking) -> CommandOutcome:
    """No region of interest any more."""
    await asking.command(DO_SET_ROI_NONE)
    return done()


async def change_speed(asking: Asking, wish: ChangeSpeed) -> CommandOutcome:
    """Fly at another speed; seen where it is under way, and said where there is nothing to see."""
    need.in_the_air(asking)
    moving = (asking.state.ground_speed_m_s or 0.0) > MOVING_M_S
    speed = NO_SPEED if wish.speed_m_s is None else wish.speed_m_s
    await asking.command(DO_CHANGE_SPEED, 1.0, speed, NO_SPEED)
    if wish.speed_m_s is None or not moving:
        return done(
            words(
                "қабылданды: келесі ұшу бөлігінде көрінеді",
                "принято: станет видно на следующем участке",
                "taken: it shows on the next leg",
            )
        )
    wanted_m_s = wish.speed_m_s
    await asking.session.until(
        lambda state: _flies_at(state, wanted_m_s) or _rests(state), timeout_s=SPEED_SEEN_S
    )
    if _flies_at(asking.state, wanted_m_s):
        return done()
    now_m_s = asking.state.ground_speed_m_s or 0.0
    return done(
        words(
            "қабылданды, әзірге {now:.1f} м/с (бұрылыстар, жел, шектеулер)",
            "принято, пока {now:.1f} м/с (повороты, ветер, пределы дрона)",
            "taken, so far {now:.1f} m/s (corners, wind, the vehicle's own limits)",
            now=now_m_s,
        )
    )


def _flies_at(state: VehicleState, speed_m_s: float) -> bool:
    allowed = max(0.4, speed_m_s * SAME_SPEED)
    return abs((state.ground_speed_m_s or 0.0) - speed_m_s) < allowed


def _rests(state: VehicleState) -> bool:
    return (state.ground_speed_m_s or 0.0) < RESTS_M_S


async def change_height(asking: Asking, wish: ChangeHeight) -> CommandOutcome:
    """Climb or descend where it is."""
    need.in_the_air(asking)
    here = need.here(asking)
    there = need.there(asking, here.latitude_deg, here.longitude_deg, wish.height_above_home_m)
    await fly_to(asking, there, speed_m_s=None)
    return done()
