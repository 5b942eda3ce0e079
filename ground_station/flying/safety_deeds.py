"""Hold, return, land, abort: what pre-empts anything, and counts only when it stays.

A LAND at the very end of a take-off was seen to be overridden by Hold a moment after it was
accepted, so a mode counts once it has held for longer than PX4 takes to change its mind; if it was
lost, it is asked for once more.
"""

import asyncio
import math

from ground_station.flying import need
from ground_station.flying.asking import Asking
from ground_station.flying.outcome import NotDone, done, words
from ground_station.hub.vehicles_port import CommandOutcome
from onboard.mavlink.px4_modes import Px4Mode

NAV_RETURN_TO_LAUNCH, NAV_LAND, DO_REPOSITION = 20, 21, 192
CHANGE_MODE = 1.0
STAYS_S = 1.6
LANDING = (Px4Mode.LAND, Px4Mode.PRECISION_LAND, Px4Mode.DESCEND)
LANDED_STATE_LANDING = 4
ABORT_CLIMB_M = 10.0
ABORT_HEIGHT_AT_LEAST_M = 15.0
CLIMB_SEEN_M = 1.0
STOPPED_M_S = 0.7
STOP_TIMEOUT_S = 15.0


async def hold(asking: Asking) -> CommandOutcome:
    """Hover; done when it has come to rest."""
    if asking.state.landed is not False:
        await asking.mode(Px4Mode.HOLD)
        return done()
    await asking.mode(Px4Mode.HOLD)
    await asking.see(
        lambda state: (state.ground_speed_m_s or 0.0) < STOPPED_M_S, timeout_s=STOP_TIMEOUT_S
    )
    return done()


async def return_home(asking: Asking) -> CommandOutcome:
    """Fly home."""
    need.in_the_air(asking)
    await _stays(asking, NAV_RETURN_TO_LAUNCH, (Px4Mode.RTL, *LANDING))
    return done()


async def land(asking: Asking) -> CommandOutcome:
    """Land here."""
    need.in_the_air(asking)
    await _stays(asking, NAV_LAND, LANDING)
    return done()


async def abort(asking: Asking) -> CommandOutcome:
    """Stop and hover at once; out of a landing, climb."""
    state = asking.state
    landing = state.mode in LANDING or state.landed_state == LANDED_STATE_LANDING
    if state.landed is False and landing and state.home is not None:
        await _climb_out(asking)
        return done(
            words(
                "қону тоқтатылды, көтерілуде",
                "посадка прервана, набирает высоту",
                "the landing is broken off and it climbs",
            )
        )
    return await hold(asking)


async def _climb_out(asking: Asking) -> None:
    place = need.here(asking)
    was_m = asking.state.height_above_home_m or 0.0
    to_m = max(was_m + ABORT_CLIMB_M, ABORT_HEIGHT_AT_LEAST_M)
    height_amsl_m = place.height_amsl_m + to_m - was_m
    nan = math.nan
    await asking.command(DO_REPOSITION, -1.0, CHANGE_MODE, 0.0, nan, nan, nan, height_amsl_m)
    await asking.see(lambda state: state.mode is Px4Mode.HOLD)
    # It sinks on for a moment before it climbs: what counts is that it is higher than its lowest.
    lowest_m = was_m

    def climbs() -> bool:
        nonlocal lowest_m
        height_m = asking.state.height_above_home_m or 0.0
        lowest_m = min(lowest_m, height_m)
        return height_m > lowest_m + CLIMB_SEEN_M

    await asking.see_within(climbs, timeout_s=STOP_TIMEOUT_S)


async def _stays(asking: Asking, command: int, modes: tuple[Px4Mode, ...]) -> None:
    for last in (False, True):
        await asking.command(command)
        try:
            await asking.see(lambda state: state.mode in modes or state.landed is True)
        except NotDone:
            if last:
                raise
            continue
        await asyncio.sleep(STAYS_S)
        if asking.state.mode in modes or asking.state.landed is True:
            return
    raise asking.unseen(STAYS_S, objects=True)
