"""What an operator asks of a vehicle, as transactions that end when the vehicle is seen to do it.

PX4 has no pause command (`MAV_CMD_DO_PAUSE_CONTINUE` is unsupported): pausing is Hold mode and
resuming is Mission mode. `MAV_CMD_MISSION_START` arms by itself.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from ground_station.hub.vehicles_port import CommandOutcome, CommandResult, VehicleCommand
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from ground_station.vehicles.state import VehicleState
from onboard.mavlink.command import CommandEnd, CommandSender
from onboard.mavlink.px4_modes import Px4Mode, set_mode

NAV_RETURN_TO_LAUNCH, NAV_LAND, MISSION_START = 20, 21, 300
READY_TIMEOUT_S = 15.0
SEEN_TIMEOUT_S = 8.0
TEXTS_BELONG_S = 3.0
WARNING_SEVERITY = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a command is sent, and what shows that the vehicle does it."""

    sender: Callable[[VehicleSession], CommandSender]
    seen: Callable[[VehicleState], bool]


def _command(number: int, *params: float) -> Callable[[VehicleSession], CommandSender]:
    return lambda session: CommandSender(
        own=GROUND_STATION, vehicle=session.address, command=number, params=params
    )


def _mode(mode: Px4Mode) -> Callable[[VehicleSession], CommandSender]:
    return lambda session: set_mode(own=GROUND_STATION, vehicle=session.address, mode=mode)


def _in(mode: Px4Mode) -> Callable[[VehicleState], bool]:
    return lambda state: state.mode is mode


def _flies_its_mission(state: VehicleState) -> bool:
    return state.armed is True and state.mode in (Px4Mode.MISSION, Px4Mode.TAKEOFF)


RECIPES = {
    VehicleCommand.START: Recipe(_command(MISSION_START, 0.0, 0.0), _flies_its_mission),
    VehicleCommand.HOLD: Recipe(_mode(Px4Mode.HOLD), _in(Px4Mode.HOLD)),
    VehicleCommand.RESUME: Recipe(_mode(Px4Mode.MISSION), _in(Px4Mode.MISSION)),
    VehicleCommand.RETURN: Recipe(_command(NAV_RETURN_TO_LAUNCH), _in(Px4Mode.RTL)),
    VehicleCommand.LAND: Recipe(_command(NAV_LAND), _in(Px4Mode.LAND)),
}


async def command_vehicle(session: VehicleSession, command: VehicleCommand) -> CommandOutcome:
    """Send one command and see it done."""
    if command is VehicleCommand.START and not await session.until(
        lambda state: state.ready_to_arm is True, timeout_s=READY_TIMEOUT_S
    ):
        return _refused(session, "the vehicle is not ready to arm")
    recipe = RECIPES[command]
    now_s = asyncio.get_running_loop().time()
    answer = await session.run(recipe.sender(session), now_s)
    if answer.end is CommandEnd.NO_ANSWER:
        return CommandOutcome(outcome=CommandResult.FAILED, reason=answer.words)
    if not answer.accepted:
        return _refused(session, answer.words)
    if not await session.until(recipe.seen, timeout_s=SEEN_TIMEOUT_S):
        return CommandOutcome(
            outcome=CommandResult.FAILED,
            reason=f"the vehicle said yes but was not seen to {command.value} "
            f"within {SEEN_TIMEOUT_S:.0f} s",
        )
    return CommandOutcome(outcome=CommandResult.DONE)


def _refused(session: VehicleSession, words: str) -> CommandOutcome:
    now_s = asyncio.get_running_loop().time()
    said = [
        text.text
        for at_s, text in session.texts
        if text.severity <= WARNING_SEVERITY and now_s - at_s <= TEXTS_BELONG_S
    ]
    return CommandOutcome(
        outcome=CommandResult.REFUSED, reason="; ".join(dict.fromkeys((words, *said)))
    )
