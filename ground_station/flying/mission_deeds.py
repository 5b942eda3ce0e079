"""Leaving a mission and going on with it: resume, jump, divert and come back."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ground_station.flying import ground_deeds, need, on_the_leg
from ground_station.flying.asking import Asking
from ground_station.flying.left_leg import FlightMemory, LeftLeg
from ground_station.flying.outcome import NotDone, done, joined, refused, words
from ground_station.flying.safety_deeds import CHANGE_MODE, DO_REPOSITION
from ground_station.flying.wishes import (
    AimGimbal,
    AnyWish,
    ChangeSpeed,
    Divert,
    Jump,
    ReleaseGimbal,
    Resume,
    Start,
)
from ground_station.hub.vehicles_port import CommandOutcome, CommandResult
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.words import Words
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.px4_modes import Px4Mode

DO_SET_MISSION_CURRENT = 224
NO_SPEED = -1.0
OFF_THE_LEG_M = 5.0
ARRIVED_M = 3.0
ARRIVED_HEIGHT_M = 1.5
SLOWEST_M_S = 2.0
ON_THE_WAY_S = 20.0
TELL_EVERY_S = 1.0
LEAVES_THE_GROUND_S = 30.0
NAVIGATOR_FOLLOWS_S = 1.0
FLIES_A_LEG_ANEW_S = 300.0
# Carries out one wish that held before; the pilot's own way of doing it.
Again = Callable[[AnyWish], Awaitable[CommandOutcome]]


async def resume(
    asking: Asking, wish: Resume, memory: FlightMemory, again: Again
) -> CommandOutcome:
    """Back to the leg where it was left, then on with the mission as it was being flown."""
    need.in_the_air(asking)
    left = memory.left or _leg_of_the_plan(asking, memory)
    if left.mission_hash != asking.state.mission_hash:
        raise refused(
            words(
                "борттағы тапсырма содан бері өзгерген: оны бастап беріңіз",
                "задание на борту с тех пор изменилось: запустите его заново",
                "the mission on board has changed since: start it instead",
            )
        )
    if wish.return_to_leg and not on_the_leg.takes_pictures(asking.session.plan, left.item):
        await _back_to(asking, left)
    await _give_gimbal_back(asking, left, again)
    await _go_on(asking, left)
    said = await restore(asking, left, again)
    if await _flown_anew(asking, left):
        # The items between that waypoint and the leg have been carried out once more since.
        said = await restore(asking, left, again)
    memory.goes_on()
    return done(said)


async def start(asking: Asking, wish: Start, memory: FlightMemory, again: Again) -> CommandOutcome:
    """Fly the mission from an item, looking, zoomed and recording as its items before that ask."""
    outcome = await ground_deeds.start(asking, wish)
    memory.begins()
    if wish.at_item == 0:
        return outcome
    await asking.see(lambda state: state.landed is False, timeout_s=LEAVES_THE_GROUND_S)
    return done(await restore(asking, LeftLeg(item=wish.at_item), again))


async def jump(asking: Asking, wish: Jump, memory: FlightMemory, again: Again) -> CommandOutcome:
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
    shown = on_the_leg.shown_for(asking.session.plan, wish.to_item)
    await asking.see(lambda state: state.mission_current in shown)
    if asking.state.mode is not Px4Mode.MISSION:
        await asking.mode(Px4Mode.MISSION)
    left = memory.left or LeftLeg(item=wish.to_item, asks=dict(memory.asks))
    said = await restore(asking, left.model_copy(update={"item": wish.to_item}), again)
    memory.goes_on()
    return done(said)


async def divert(
    asking: Asking, wish: Divert, memory: FlightMemory, again: Again
) -> CommandOutcome:
    """To a place; on from there by itself where the wish says after how long."""
    need.in_the_air(asking)
    place = need.there(asking, wish.latitude_deg, wish.longitude_deg, wish.height_above_home_m)
    need.inside_fence(asking, place)
    await fly_to(asking, place, speed_m_s=wish.speed_m_s)
    if wish.come_back_after_s is None:
        return done()
    asking.tell(words("орнында күтуде", "ждёт на месте", "waiting there"), None)
    await asyncio.sleep(wish.come_back_after_s)
    return await resume(asking, Resume(), memory, again)


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


async def restore(asking: Asking, left: LeftLeg, again: Again) -> Words | None:
    """Have it flown as before: what PX4 does not repeat by itself when Mission mode is entered.

    What cannot be had again is told, and does not keep the mission from going on.
    """
    # The navigator enters the mode a moment after the heartbeat has told it, and only then drops
    # the speed and the region of before and repeats the mission's own.
    await asyncio.sleep(NAVIGATOR_FOLLOWS_S)
    missed: list[Words] = []
    for wish in _held_before(asking, left):
        if on_the_leg.holds_already(wish, asking.session.payload):
            continue
        try:
            outcome = await again(wish)
        except NotDone as error:
            outcome = error.outcome
        if outcome.outcome is not CommandResult.DONE and outcome.words is not None:
            missed.append(_not_as_before(wish, outcome.words))
    return joined(missed) if missed else None


def _held_before(asking: Asking, left: LeftLeg) -> list[AnyWish]:
    home = asking.state.home
    home_amsl_m = 0.0 if home is None else home.height_amsl_m
    return on_the_leg.to_restore(asking.session.plan, left.item, left.asks, left.seen, home_amsl_m)


async def _give_gimbal_back(asking: Asking, left: LeftLeg, again: Again) -> None:
    """What was aimed away from the leg would keep the mission from aiming on it."""
    aimed = any(isinstance(wish, AimGimbal) for wish in _held_before(asking, left))
    if asking.session.payload.gimbal_control == GROUND_STATION and not aimed:
        with suppress(NotDone):
            await again(ReleaseGimbal())


def _not_as_before(wish: AnyWish, why: Words) -> Words:
    return words(
        "бұрынғыдай емес — {what}: {kk}",
        "не как прежде — {what}: {ru}",
        "not as before: {what}: {en}",
        what=wish.command,
        **why.model_dump(),
    )


def _leg_of_the_plan(asking: Asking, memory: FlightMemory) -> LeftLeg:
    """Nobody here saw the mission being left: its leg is the plan's to the current item."""
    state, home = asking.state, asking.state.home
    item = state.mission_current or 0
    place = None
    if state.mode is not Px4Mode.MISSION and home is not None:
        here = need.here(asking)
        place = on_the_leg.place_on_leg(asking.session.plan, item, here, home.height_amsl_m)
    return LeftLeg(item=item, mission_hash=state.mission_hash, place=place, asks=dict(memory.asks))


async def _back_to(asking: Asking, left: LeftLeg) -> None:
    if left.place is None:
        return
    here = need.here(asking)
    off_m = need.metres_between(here, left.place)
    high_m = abs(here.height_amsl_m - left.place.height_amsl_m)
    if off_m > OFF_THE_LEG_M or high_m > OFF_THE_LEG_M:
        asked = left.asks.get(on_the_leg.SPEED)
        speed = asked.wish.speed_m_s if asked and isinstance(asked.wish, ChangeSpeed) else None
        await fly_to(asking, left.place, speed_m_s=speed)


async def _go_on(asking: Asking, left: LeftLeg) -> None:
    if asking.state.mission_current != left.item:
        await asking.command(DO_SET_MISSION_CURRENT, float(left.item), 0.0)
    await asking.mode(Px4Mode.MISSION)
    # Where the mission was taking pictures PX4 goes one waypoint back, so that none is missing.
    await asking.see(lambda state: (state.mission_current or 0) <= left.item)


async def _flown_anew(asking: Asking, left: LeftLeg) -> bool:
    """Wait until the leg is come to again where PX4 went a waypoint back; False where it did not.

    Raises NotDone where it leaves the mission on the way, or does not come to it.
    """
    if (asking.state.mission_current or 0) >= left.item:
        return False
    limit_s = asking.now + FLIES_A_LEG_ANEW_S
    while (asking.state.mission_current or 0) < left.item:
        if asking.now >= limit_s or asking.state.mode is not Px4Mode.MISSION:
            raise asking.unseen(FLIES_A_LEG_ANEW_S, objects=True)
        asking.tell(
            words(
                "суреттер үзілмес үшін алдыңғы нүктеден қайта ұшады",
                "летит заново от прежней точки, чтобы не пропустить снимков",
                "it flies anew from the waypoint before, so that no picture is missing",
            ),
            None,
        )
        await asking.session.until(
            lambda state: (state.mission_current or 0) >= left.item, timeout_s=TELL_EVERY_S
        )
    return True


def _arrived(asking: Asking, place: CommandPlace) -> bool:
    here = need.here(asking)
    return (
        need.metres_between(here, place) < ARRIVED_M
        and abs(here.height_amsl_m - place.height_amsl_m) < ARRIVED_HEIGHT_M
    )


def _climb_s(asking: Asking, place: CommandPlace) -> float:
    return abs(need.here(asking).height_amsl_m - place.height_amsl_m) / 0.5
