"""Modes, arming and disarming, home, and what happens at boot: PX4's commander.

Source: PX4-Autopilot v1.17, src/modules/commander/Commander.cpp; times at boot are read off the
recordings (first heartbeat 1.1 s, home 2.1 s, ready to arm from 4.1 s).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState
from sim.vehicle.failsafe import Facts, Failsafe

INFO, CRITICAL = 6, 2
HEARTBEAT_FROM_S = 1.1
HOME_FROM_S = 2.1
COMPLAINS_AT_S = 2.55
READY_S = (4.1, 4.5)
STANDBY, ACTIVE, CRITICAL_STATE = 3, 4, 5
DISARMED_BASE_MODE, ARMED_BASE_MODE = 29, 157
FORGOTTEN_AT_DISARM = frozenset(
    (Px4Mode.RTL, Px4Mode.LAND, Px4Mode.TAKEOFF, Px4Mode.DESCEND, Px4Mode.PRECISION_LAND)
)
FLOWN_MODES = frozenset(
    (Px4Mode.HOLD, Px4Mode.MISSION, Px4Mode.TAKEOFF, Px4Mode.RTL, Px4Mode.LAND, Px4Mode.DESCEND)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that cannot be granted now, with the words PX4 uses."""

    text: str


@dataclass(slots=True, kw_only=True)
class CommanderFacts:
    """What the commander looks at every step."""

    landed: bool = True
    maybe_landed: bool = True
    mission_ended_landed: bool = False
    battery: ChargeState = ChargeState.OK
    breached: bool = False


class Commander:
    """The vehicle's state as people see it; `say` tells the operator."""

    def __init__(
        self,
        parameters: Mapping[str, int | float],
        random: Random,
        say: Callable[[int, str], None],
    ) -> None:
        self.parameters = parameters
        self.intended = Px4Mode.HOLD
        self.armed = False
        self.ready = False
        self.alive = False
        self.has_home = False
        self.failsafe = Failsafe()
        self.home_wanted = False
        self._say = say
        self._ready_at_s = random.uniform(*READY_S)
        self._complained = False
        self._now_s = 0.0
        self._armed_at_s = 0.0
        self._taken_off = False
        self._landed = True
        self._landed_at_s = 0.0
        self._ground_heard_s: float | None = None

    @property
    def mode(self) -> Px4Mode:
        """The mode that is flown: a failsafe's, or the one asked for."""
        return self.failsafe.mode or self.intended

    @property
    def system_status(self) -> int:
        """MAV_STATE."""
        if not self.ready:
            return 0
        if self.failsafe.active:
            return CRITICAL_STATE
        return ACTIVE if self.armed else STANDBY

    @property
    def base_mode(self) -> int:
        """MAV_MODE_FLAG of an automatic mode."""
        return ARMED_BASE_MODE if self.armed else DISARMED_BASE_MODE

    @property
    def armed_at_s(self) -> float:
        """Boot second of the last arming."""
        return self._armed_at_s

    def heard_ground(self) -> None:
        """A ground station's heartbeat came in."""
        self._ground_heard_s = self._now_s

    def change_mode(self, mode: Px4Mode) -> Refused | None:
        """Take the operator's mode; None when it was taken."""
        if mode not in FLOWN_MODES:
            return Refused(text=f"Switching to {mode.value} is currently not available\t")
        self.failsafe.operator_chose_mode()
        self.intended = mode
        return None

    def arm(self, reason: str, *, forced: bool = False) -> Refused | None:
        """Arm, or say why not."""
        if self.armed:
            return None
        if not self.ready and not forced:
            text = "Arming denied: Resolve system health failures first\t"
            self._say(CRITICAL, text)
            return Refused(text=text)
        self.armed = True
        self._armed_at_s = self._now_s
        self._taken_off = False
        self.home_wanted = True
        self._say(INFO, f"Armed by {reason}\t")
        return None

    def disarm(self, reason: str, *, forced: bool = False) -> Refused | None:
        """Disarm, or say why not."""
        if not self.armed:
            return None
        if not forced and not self._landed:
            text = "Disarming denied: not landed\t"
            self._say(CRITICAL, text)
            return Refused(text=text)
        self.armed = False
        self.home_wanted = True
        self._say(INFO, f"Disarmed by {reason}\t")
        if self.intended in FORGOTTEN_AT_DISARM:
            self.intended = Px4Mode.HOLD
        return None

    def step(self, facts: CommanderFacts, now_s: float) -> None:
        """Look at the vehicle and do what is due; `now_s` is seconds since boot."""
        self._now_s = now_s
        self._boot(now_s)
        self._watch_ground(facts, now_s)
        self._auto_disarm(facts, now_s)
        self._fail_safely(facts, now_s)

    def _boot(self, now_s: float) -> None:
        self.alive = self.alive or now_s >= HEARTBEAT_FROM_S
        if not self.has_home and now_s >= HOME_FROM_S:
            self.has_home = self.home_wanted = True
        if not self._complained and now_s >= COMPLAINS_AT_S:
            self._complained = True
            self._say(CRITICAL, "Preflight Fail: no heading reference")
        if not self.ready and now_s >= self._ready_at_s:
            self.ready = self.home_wanted = True

    def _watch_ground(self, facts: CommanderFacts, now_s: float) -> None:
        if facts.landed == self._landed:
            return
        self._landed = facts.landed
        if not self.armed:
            return
        if facts.landed:
            self._landed_at_s = now_s
            self._say(INFO, "Landing detected\t")
        else:
            self._taken_off = True
            self._say(INFO, "Takeoff detected\t")

    def _auto_disarm(self, facts: CommanderFacts, now_s: float) -> None:
        if not (self.armed and facts.landed):
            return
        if not self._taken_off:
            limit = self.parameters["COM_DISARM_PRFLT"]
            if limit > 0.0 and now_s - self._armed_at_s > limit:
                self.disarm("auto preflight disarming")
            return
        wait = 0.0 if facts.mission_ended_landed else self.parameters["COM_DISARM_LAND"]
        if wait >= 0.0 and now_s - self._landed_at_s >= wait:
            self.disarm("landing")

    def _fail_safely(self, facts: CommanderFacts, now_s: float) -> None:
        heard = self._ground_heard_s
        self.failsafe.step(
            Facts(
                airborne=self.armed and not facts.landed,
                ground_silent_s=None if heard is None else now_s - heard,
                battery=facts.battery,
                breached=facts.breached,
            ),
            self.parameters,
            now_s,
        )
        for severity, text in self.failsafe.texts:
            self._say(severity, text)
        self.failsafe.texts.clear()
