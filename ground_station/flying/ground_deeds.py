"""Arming, disarming, taking off, starting a mission, stopping the motors in the air."""

import math

from ground_station.flying import need
from ground_station.flying.asking import Asking
from ground_station.flying.on_the_leg import shown_for
from ground_station.flying.outcome import NotDone, done, joined, refused, words
from ground_station.flying.px4_words import unhealthy
from ground_station.flying.wishes import Start, TakeOff
from ground_station.hub.vehicles_port import CommandOutcome
from onboard.mavlink.command import CommandEnd
from onboard.mavlink.px4_modes import Px4Mode

NAV_TAKEOFF, MISSION_START, ARM_DISARM, RUN_PREARM_CHECKS = 22, 300, 400, 401
FORCE = 21196.0
READY_TIMEOUT_S = 15.0
CHECKS_SPEAK_S = 2.5
MISSION_STATE_NONE = 1
# Slower than any climb that PX4 flies by default, with room for spinning up.
CLIMB_AT_LEAST_M_S = 0.7
TAKEOFF_PREPARES_S = 20.0
HEIGHT_REACHED_M = 1.0
TAKEOFF_TELLS_EVERY_S = 1.0


async def arm(asking: Asking) -> CommandOutcome:
    """Start the motors; where it will not, have it say all the reasons it has."""
    need.on_the_ground(asking)
    if asking.state.armed:
        return done(words("моторлар қосулы", "моторы уже запущены", "it is armed already"))
    await ready(asking)
    answer = await asking.answer(ARM_DISARM, 1.0, 0.0)
    if answer.end is CommandEnd.REFUSED:
        raise await not_ready(asking)
    if not answer.accepted:
        raise asking.unseen(0.0, objects=True)
    await asking.see(lambda state: state.armed is True)
    return done()


async def ready(asking: Asking) -> None:
    """Wait a while for a vehicle that still settles. Raises NotDone with its reasons."""
    if not await asking.session.until(
        lambda state: state.ready_to_arm is True, timeout_s=READY_TIMEOUT_S
    ):
        raise await not_ready(asking)


async def not_ready(asking: Asking) -> NotDone:
    """Its reasons: PX4 names all of them when its checks are asked for."""
    await asking.answer(RUN_PREARM_CHECKS)
    await asking.session.until(lambda state: False, timeout_s=CHECKS_SPEAK_S)
    said = asking.objections(CHECKS_SPEAK_S + READY_TIMEOUT_S)
    bad = [] if asking.state.sensors is None else unhealthy(*asking.state.sensors)
    if bad:
        sick = joined(bad)
        said.append(
            words("ақаулы: {kk}", "неисправно: {ru}", "not healthy: {en}", **sick.model_dump())
        )
    head = words("ұшуға дайын емес", "не готов к полёту", "it is not ready to fly")
    return refused(joined([head, *said]))


async def disarm(asking: Asking) -> CommandOutcome:
    """Stop the motors on the ground."""
    await asking.command(ARM_DISARM, 0.0, 0.0)
    await asking.see(lambda state: state.armed is False)
    return done()


async def kill(asking: Asking) -> CommandOutcome:
    """Stop the motors wherever it is."""
    await asking.command(ARM_DISARM, 0.0, FORCE)
    await asking.see(lambda state: state.armed is False)
    return done(words("моторлар тоқтады", "моторы остановлены", "the motors are stopped"))


async def take_off(asking: Asking, wish: TakeOff) -> CommandOutcome:
    """Arm, climb to a height, hover; done at the height and in Hold."""
    need.on_the_ground(asking)
    home_m = need.home_amsl_m(asking)
    await ready(asking)
    nan = math.nan
    await asking.command(
        NAV_TAKEOFF, nan, 0.0, 0.0, nan, nan, nan, home_m + wish.height_above_home_m
    )
    await asking.see(lambda state: state.mode is Px4Mode.TAKEOFF)
    await arm(asking)
    await climbed(asking, wish.height_above_home_m)
    await asking.see(lambda state: state.mode is Px4Mode.HOLD, timeout_s=15.0)
    return done()


async def climbed(asking: Asking, height_m: float) -> None:
    """See it climb, telling how far it is. Raises NotDone where it stays below."""
    limit_s = asking.now + TAKEOFF_PREPARES_S + height_m / CLIMB_AT_LEAST_M_S
    while (asking.state.height_above_home_m or 0.0) < height_m - HEIGHT_REACHED_M:
        if asking.state.armed is False or asking.now >= limit_s:
            raise asking.unseen(TAKEOFF_PREPARES_S, objects=True)
        if asking.state.mode not in (Px4Mode.TAKEOFF, None):
            raise asking.unseen(TAKEOFF_PREPARES_S, objects=True)
        climbing = words("көтерілуде", "набирает высоту", "climbing")
        asking.tell(climbing, (asking.state.height_above_home_m or 0.0) / height_m)
        await asking.session.until(
            lambda state: state.armed is False, timeout_s=TAKEOFF_TELLS_EVERY_S
        )


async def start(asking: Asking, wish: Start) -> CommandOutcome:
    """Fly the mission from an item; it arms by itself."""
    if asking.state.mission_total in (0, None) or asking.state.mission_state == MISSION_STATE_NONE:
        raise refused(
            words(
                "бортта жарамды тапсырма жоқ",
                "на борту нет пригодного задания",
                "there is no valid mission on board",
            )
        )
    if wish.at_item >= (asking.state.mission_total or 0):
        raise refused(
            words(
                "тапсырмада {total} пункт бар, {item} жоқ",
                "в задании {total} пунктов, пункта {item} нет",
                "the mission has {total} items and no item {item}",
                total=asking.state.mission_total,
                item=wish.at_item + 1,
            )
        )
    if asking.state.landed is not False:
        await ready(asking)
    await asking.command(MISSION_START, float(wish.at_item), 0.0)
    await asking.see(
        lambda state: state.armed is True and state.mode in (Px4Mode.MISSION, Px4Mode.TAKEOFF)
    )
    shown = shown_for(asking.session.plan, wish.at_item)
    await asking.see(lambda state: state.mission_current in shown)
    return done()
