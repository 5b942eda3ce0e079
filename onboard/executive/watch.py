"""What is known of the flight: the vehicle, its plan, its bounds, its battery and the link."""

from collections.abc import Sequence

from missions.airspace.zone import Zone
from missions.plan import Command, MissionItem, Plan
from onboard.executive.actions import Left
from onboard.executive.bounds import Bounds
from onboard.executive.chart import IN_MISSION, WATCHED, State
from onboard.executive.energy import Reserve
from onboard.executive.mode_watch import ModeWatch
from onboard.executive.other_hands import Hand, OtherHands
from onboard.executive.situation import Situation, same_circle
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import (
    LOOKS,
    ends_in_hold,
    place_of,
    place_on_leg,
    takes_pictures,
)
from onboard.mavlink.plan_on_board import PlanOnBoard
from onboard.mavlink.px4_modes import Px4Mode
from onboard.mavlink.stream_wishes import StreamWishes

GROUND_STATION_TYPE = 6
# CURRENT_MODE, MANUAL_CONTROL, RC_CHANNELS, ORBIT_EXECUTION_STATUS, EXTENDED_SYS_STATE and
# POSITION_TARGET_GLOBAL_INT: that a pilot has taken over must be seen within a fifth of a second.
STREAMS_HZ = {436: 5.0, 69: 5.0, 65: 5.0, 360: 2.0, 245: 2.0, 87: 2.0}


class Watch:
    """One vehicle's. `hand` is whose hand was seen on it since it was last taken."""

    def __init__(
        self, tasking: Tasking, *, own: Address, vehicle: Address, zones: Sequence[Zone]
    ) -> None:
        self.situation = Situation(vehicle)
        self.modes = ModeWatch()
        self.reserve = Reserve(tasking.battery)
        self.hand: Hand | None = None
        self._tasking = tasking
        self._zones = zones
        self._hands = OtherHands(own=own, vehicle=vehicle)
        self._plans = PlanOnBoard(own=own, vehicle=vehicle)
        self._streams = StreamWishes(STREAMS_HZ, own=own, vehicle=vehicle)
        self._heard_s: float | None = None
        self._bounds: Bounds | None = None
        self._bounded_by: tuple[Plan | None, CommandPlace | None] = (None, None)

    @property
    def plan(self) -> Plan | None:
        """The mission and fence on board; None until they have been read."""
        return self._plans.plan

    @property
    def bounds(self) -> Bounds | None:
        """Where it may go; None while home or plan are not known."""
        plan, home = self.plan, self.situation.home
        if plan is None or home is None:
            return None
        if self._bounds is None or not _same(self._bounded_by, (plan, home)):
            self._bounded_by = (plan, home)
            self._bounds = Bounds(
                home=home, fence=plan.fence, zones=self._zones, limits=self._tasking.limits
            )
        return self._bounds

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in a message."""
        self.situation.receive(message, now_s)
        self.modes.see(self.situation.mode)
        self.hand = self._hands.receive(message, now_s) or self.hand
        if message.name == "HEARTBEAT" and message.type == GROUND_STATION_TYPE:
            self.heard("ground_station", now_s)
        if self.situation.airborne and self.situation.remaining is not None:
            self.reserve.tells(self.situation.remaining, now_s)
        self._streams.receive(message, now_s)
        return self._plans.receive(message, now_s)

    def ask(self, now_s: float) -> list[Send]:
        """Questions to the vehicle that are due."""
        return self._streams.tick(now_s) + self._plans.tick(now_s)

    def heard(self, who: str, now_s: float) -> None:
        """Somebody on the ground was heard."""
        if who in self._tasking.link.heard:
            self._heard_s = now_s

    def unheard_s(self, now_s: float) -> float:
        """For how long nobody on the ground was heard; it counts from the first question on."""
        if self._heard_s is None:
            self._heard_s = now_s
        return now_s - self._heard_s

    def alone(self, now_s: float) -> bool:
        """Whether the link counts as gone."""
        return self.unheard_s(now_s) >= self._tasking.link.lost_after_s

    def foreign_hand(self, state: State, circle_m: float | None) -> Hand | None:
        """Whose hand is on the vehicle in a state that commands, where it is not the executive's.

        `circle_m` is the radius of the orbit that it was asked to fly, and flies.
        """
        now = self.situation
        if state not in WATCHED:
            return None
        # While it only watches, an operator may jump to another item, or start the mission.
        if self.hand is not None and (state, self.hand) != (State.PATROLLING, Hand.COMMAND):
            return self.hand
        own_end = state in IN_MISSION and (self.over() or self.ends())
        if self.modes.foreign(now.mode) and not own_end:
            return Hand.FAILSAFE if now.failsafe else Hand.MODE
        if self.modes.elsewhere(now):
            return Hand.COMMAND
        if circle_m is None or now.circle is None or same_circle(now.circle.radius_m, circle_m):
            return None
        return Hand.STICKS

    def over(self) -> bool:
        """Whether it holds because the mission has come to its end."""
        return self._holds and self.situation.mission_over

    def ends(self) -> bool:
        """Whether the Hold that is seen may be the mission's end: PX4's word of it may come later
        than the mode, as each goes out by a thread of its own."""
        now = self.situation
        if not self._holds or now.mission_over or not self.modes.foreign(now.mode):
            return False
        if now.item is None:
            return False
        if self.plan is None:
            return now.items == now.item + 1
        return ends_in_hold(self.plan, now.item)

    @property
    def _holds(self) -> bool:
        return self.situation.mode is Px4Mode.HOLD and not self.situation.failsafe

    def needed(self) -> float | None:
        """The share of the battery that the way home takes now; None where it is not known."""
        place, home = self.situation.place, self.situation.home
        return None if place is None or home is None else self.reserve.needed(place, home)

    def low(self) -> bool:
        """Whether what is left in the battery is for the way home."""
        needed, left = self.needed(), self.situation.remaining
        return self.situation.airborne and needed is not None and left is not None and left < needed

    def strayed(self) -> bool:
        """Whether it is beyond its fence or within a zone."""
        bounds, place = self.bounds, self.situation.place
        return place is not None and bounds is not None and not bounds.holds(place)

    def leg(self) -> Left:
        """The leg that the mission is on, left here and now."""
        now, item = self.situation, self.situation.item or 0
        place = None
        if now.place is not None and now.home is not None and not takes_pictures(self.plan, item):
            home_m = now.home.height_amsl_m
            place = place_on_leg(self.plan, item, now.place, home_m) or now.place
        return Left(item=item, mission_hash=now.mission_hash, place=place, roi=self._roi(item))

    def _roi(self, item: int) -> CommandPlace | None:
        """What the mission looks at on the leg: PX4 forgets it when the mode changes."""
        items: Sequence[MissionItem] = () if self.plan is None else self.plan.items[:item]
        last = next((each for each in reversed(items) if each.command in LOOKS), None)
        home = self.situation.home
        if last is None or home is None or last.command != Command.DO_SET_ROI_LOCATION:
            return None
        return place_of(last, home.height_amsl_m)


def _same(before: tuple[Plan | None, CommandPlace | None], now: tuple[Plan, CommandPlace]) -> bool:
    """Home is told again every two seconds, some centimetres beside."""
    home = before[1]
    return (
        before[0] is now[0]
        and home is not None
        and abs(home.latitude_deg - now[1].latitude_deg) < 5e-6
        and abs(home.longitude_deg - now[1].longitude_deg) < 5e-6
        and abs(home.height_amsl_m - now[1].height_amsl_m) < 0.5
    )
