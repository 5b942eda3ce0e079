"""Orders that a vehicle in the air is given, each as the one command that PX4 understands.

`MAV_CMD_DO_PAUSE_CONTINUE` is not handled by PX4: pausing is Hold mode, going on is Mission mode.
"""

import math

from onboard.mavlink.codec import Address
from onboard.mavlink.command import CommandPlace, CommandSender
from onboard.mavlink.px4_modes import DO_SET_MODE, Px4Mode, mode_parameters

DO_ORBIT, DO_REPOSITION, DO_SET_ROI_LOCATION = 34, 192, 195
DO_SET_MISSION_CURRENT = 224
OWN_SPEED, CHANGE_MODE, FACE_THE_MIDDLE = -1.0, 1.0, 0.0


class FlightOrders:
    """Makes the senders of one vehicle's orders; they wait `answer_timeout_s` for each attempt."""

    def __init__(
        self, *, own: Address, vehicle: Address, answer_timeout_s: float = 1.0, attempts: int = 3
    ) -> None:
        self._own, self._vehicle = own, vehicle
        self._answer_timeout_s, self._attempts = answer_timeout_s, attempts

    def mode(self, mode: Px4Mode) -> CommandSender:
        """Enter a mode."""
        return self._sender(DO_SET_MODE, *mode_parameters(mode))

    def fly_to(self, place: CommandPlace, *, speed_m_s: float = OWN_SPEED) -> CommandSender:
        """Fly straight to a place and hold there; without a speed at the vehicle's own."""
        return self._sender(DO_REPOSITION, speed_m_s, CHANGE_MODE, 0.0, math.nan, place=place)

    def orbit(self, centre: CommandPlace, *, radius_m: float, speed_m_s: float) -> CommandSender:
        """Circle a place clockwise, at its height, nose to the middle."""
        params = (radius_m, speed_m_s, FACE_THE_MIDDLE, 0.0)
        return self._sender(DO_ORBIT, *params, place=centre)

    def mission_item(self, item: int) -> CommandSender:
        """Have the mission go on at an item."""
        return self._sender(DO_SET_MISSION_CURRENT, float(item), 0.0)

    def look_at(self, place: CommandPlace) -> CommandSender:
        """Keep nose and gimbal on a place, as a mission's region of interest does."""
        return self._sender(DO_SET_ROI_LOCATION, place=place)

    def _sender(
        self, command: int, *params: float, place: CommandPlace | None = None
    ) -> CommandSender:
        return CommandSender(
            own=self._own,
            vehicle=self._vehicle,
            command=command,
            params=params,
            place=place,
            answer_timeout_s=self._answer_timeout_s,
            attempts=self._attempts,
        )
