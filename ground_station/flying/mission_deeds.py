"""Leaving a mission and going on with it: resume, jump, divert and come back."""

import asyncio
import math

from ground_station.flying import need
from ground_station.flying.asking import Asking
from ground_station.flying.left_leg import FlightMemory, LeftLeg, region_in_force
from ground_station.flying.outcome import done, refused, words
from ground_station.flying.safety_deeds import CHANGE_MODE, DO_REPOSITION
from ground_station.flying.wishes import Divert, Jump, Resume
from ground_station.hub.vehicles_port import CommandOutcome
from ground_station.words import Words
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.px4_modes import Px4Mode

DO_SET_MISSION_CURRENT, DO_CHANGE_SPEED, DO_SET_ROI_LOCATION = 224, 178, 195
GIMBAL_PITCHYAW = 1000
NO_SPEED = -1.0
OFF_THE_LEG_M = 5.0
ARRIVED_M = 3.0
ARRIVED_HEIGHT_M = 1.5
SLOWEST_M_S = 2.0
ON_THE_WAY_S = 20.0
TELL_EVERY_S = 1.0


async def resume(asking: Asking, wish: Resume, memory: FlightMemory) -> CommandOutcome:
    """Back to the leg where it was left, then on with the mission as it was being flown."""
    need.in_the_air(asking)
    left = memory.left
    if left is not None and left.mission_hash != asking.state.mission_hash:
        raise refused(
            words(
                "борттағы тапсырма содан бері өзгерген: оны бастап беріңіз",
                "задание на борту с тех пор изменилось: запустите его заново",
                "the mission on board has changed since: start it instead",
            )
        )
    if left is not None and wish.return_to_leg:
        await _back_to(asking, left)
    await _go_on(asking, left)
    said = await restore(asking, left)
    memory.left = None
    return done(said)


async def jump(asking: Asking, wish: Jump, memory: FlightMemory) -> CommandOutcome:
    """On with the mission at another item."""
    need.in_the_air(asking)
    total = asking.state.mission_total or 0
    if wish.to_item >= total:
        raise refused(
            words(
                "тапсырмада {total} пункт бар, {item} жоқ",
                "в задании {total} пунктов, пункта {item} нет",
                "the mission has {total} items and no item {item}",
                total=total,
                item=wish.to_item + 1,
            )
        )
    await asking.command(DO_SET_MISSION_CURRENT, float(wish.to_item), 0.0)
    # PX4 shows the next item with a place where the one asked for is an instant one.
    await asking.see(lambda state: (state.mission_current or 0) >= wish.to_item)
    if asking.state.mode is not Px4Mode.MISSION:
        await asking.mode(Px4Mode.MISSION)
    await restore(asking, memory.left)
    memory.left = None
    return done()


async def divert(asking: Asking, wish: Divert, memory: FlightMemory) -> CommandOutcome:
    """To a place; on from there by itself where the wish says after how long."""
    need.in_the_air(asking)
    place = need.there(asking, wish.latitude_deg, wish.longitude_deg, wish.height_above_home_m)
    need.inside_fence(asking, place)
    await fly_to(asking, place, speed_m_s=wish.speed_m_s)
    if wish.come_back_after_s is None:
        return done()
    asking.tell(words("орнында күтуде", "ждёт на месте", "waiting there"), None)
    await asyncio.sleep(wish.come_back_after_s)
    return await resume(asking, Resume(), memory)


async def fly_to(asking: Asking, place: CommandPlace, *, speed_m_s: float | None) -> None:
    """Fly straight to a place and see it there, telling how far it is.

    PX4 accepts a place outside of its fence and only says so in a text, so a text that objects ends
    the deed.
    """
    asked_s = asking.now
    speed = NO_SPEED if speed_m_s is None else speed_m_s
    began_m = max(1.0, need.metres_between(need.here(asking), place))
    await asking.command(DO_REPOSITION, speed, CHANGE_MODE, 0.0, math.nan, place=place)
    await asking.see(lambda state: state.mode is Px4Mode.HOLD)
    limit_s = asked_s + ON_THE_WAY_S + began_m / SLOWEST_M_S + _climb_s(asking, place)
    while not _arrived(asking, place):
        if asking.now >= limit_s or asking.state.mode is not Px4Mode.HOLD:
            raise asking.unseen(asking.now - asked_s, objects=True)
        fence = [text for text in asking.objections(asking.now - asked_s) if "geofence" in text.en]
        if fence:
            raise refused(fence[0])
        far_m = need.metres_between(need.here(asking), place)
        way = words("{far:.0f} м қалды", "осталось {far:.0f} м", "{far:.0f} m to go", far=far_m)
        asking.tell(way, max(0.0, 1.0 - far_m / began_m))
        await asking.session.until(
            lambda state: state.mode is not Px4Mode.HOLD, timeout_s=TELL_EVERY_S
        )


async def restore(asking: Asking, left: LeftLeg | None) -> Words | None:
    """Have it flown as before: what PX4 does not repeat by itself when Mission mode is entered."""
    if left is None:
        return None
    region = left.looking_at or _mission_region(asking, left)
    if left.speed_m_s is not None:
        await asking.command(DO_CHANGE_SPEED, 1.0, left.speed_m_s, NO_SPEED)
    if region is not None:
        await asking.command(DO_SET_ROI_LOCATION, place=region)
    if left.gimbal is not None:
        pitch, yaw, flags = left.gimbal
        nan = math.nan
        await asking.command(
            GIMBAL_PITCHYAW, math.degrees(pitch), math.degrees(yaw), nan, nan, float(flags)
        )
    return None


def _mission_region(asking: Asking, left: LeftLeg) -> CommandPlace | None:
    return region_in_force(asking.session.plan, left.item, need.home_amsl_m(asking))


async def _back_to(asking: Asking, left: LeftLeg) -> None:
    here = need.here(asking)
    off_m = need.metres_between(here, left.place)
    high_m = abs(here.height_amsl_m - left.place.height_amsl_m)
    if off_m > OFF_THE_LEG_M or high_m > OFF_THE_LEG_M:
        await fly_to(asking, left.place, speed_m_s=left.speed_m_s)


async def _go_on(asking: Asking, left: LeftLeg | None) -> None:
    state = asking.state
    if left is not None and state.mission_current != left.item:
        await asking.command(DO_SET_MISSION_CURRENT, float(left.item), 0.0)
    await asking.mode(Px4Mode.MISSION)
    if left is not None:
        # Where the mission was taking pictures PX4 goes one waypoint back, so that none is missing.
        await asking.see(lambda state: (state.mission_current or 0) <= left.item)


def _arrived(asking: Asking, place: CommandPlace) -> bool:
    here = need.here(asking)
    return (
        need.metres_between(here, place) < ARRIVED_M
        and abs(here.height_amsl_m - place.height_amsl_m) < ARRIVED_HEIGHT_M
    )


def _climb_s(asking: Asking, place: CommandPlace) -> float:
    return abs(need.here(asking).height_amsl_m - place.height_amsl_m) / 0.5
