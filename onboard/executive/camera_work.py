"""Keeping an object in the frame: where it is by now, and so where the gimbal must look."""

import math

from onboard.executive.noticed import moved
from onboard.executive.situation import Situation
from onboard.executive.subject import Subject
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.gimbal_keeper import Aim, GimbalKeeper
from onboard.mavlink.mission_leg import offset_en

# From a position to the gimbal that has turned: link, manager, device.
LEAD_S = 0.4


class CameraWork:
    """Aims one vehicle's gimbal at the object of its reaction."""

    def __init__(self, keeper: GimbalKeeper, subject: Subject) -> None:
        self._keeper = keeper
        self._subject = subject

    def receive(self, message: Message, now_s: float) -> None:
        """Take in what the gimbal manager says."""
        self._keeper.receive(message, now_s)

    def work(self, now: Situation, now_s: float, *, aims: bool) -> list[Send]:
        """Look at the object, else give the gimbal back."""
        there = self._subject.at(now_s, ahead_s=LEAD_S)
        if aims and now.place is not None and there is not None:
            east, north = now.velocity_en_m_s
            self._keeper.aim(_aim(moved(now.place, east * LEAD_S, north * LEAD_S), there))
        else:
            self._keeper.give_back()
        return self._keeper.tick(now_s)

    def fall_silent(self) -> None:
        """Send nothing more."""
        self._keeper.fall_silent()


def _aim(here: CommandPlace, there: CommandPlace) -> Aim:
    east, north = offset_en(here, there)
    down_m = here.height_amsl_m - there.height_amsl_m
    return Aim(pitch=-math.atan2(down_m, math.hypot(east, north)), yaw=math.atan2(east, north))
