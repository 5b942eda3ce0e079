"""Modes, arming and disarming, home, and what happens at boot: PX4's commander.

Source: PX4-Autopilot v1.17, src/modules/commander/Commander.cpp; times at boot are read off the
recordings (first heartbeat 1.1 s, home 2.1 s, ready to arm from 4.1 s).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState
from sim.vehicle.failsafe import Failsafe
from sim.vehicle.modes.names import NAMES
from sim.vehicle.safety.actions import Action
from sim.vehicle.safety.facts import CommanderFacts
from sim.vehicle.safety.flags import PREVENTS_ARMING, Flags
from sim.vehicle.safety.health import HealthChecks
from sim.vehicle.safety.pilot import NOT_LANDED, STICK_GESTURE, THROTTLE_UNSAFE, Pilot
from sim.vehicle.safety.rules import Situation

INFO, WARNING, CRITICAL = 6, 4, 2
HEARTBEAT_FROM_S, HOME_FROM_S, COMPLAINS_AT_S = 1.1, 2.1, 2.55
READY_S = (4.1, 4.5)
LOOK_S, CHECKED_EVERY_LOOKS = 0.05, 2
REGAINED_AFTER_S = 1.0
ONBOARD_SILENT_S = 5.0
# A heartbeat counts for 2.5 s in PX4's link, which says so 1.0, 1.25 and 2.25 s after it: silence
# is counted from the last of these (mavlink_receiver.cpp CheckHeartbeats, mavlink_main.cpp).
HEARTBEAT_LASTS_S = 2.25
# PX4's links look at no heartbeat before; its first report, at 2.1 s, never knows a ground station.
HEARTBEATS_FROM_S = 2.5
REMOTE_ID_SILENT_S = 3.0
STANDBY, ACTIVE, CRITICAL_STATE = 3, 4, 5
# MAV_MODE_FLAG: custom mode and manual input always; stabilise, guided and auto as the mode has.
DISARMED_BASE_MODE, DISARMED_NOT_AUTO, ARMED_FLAG = 29, 17, 128
NOT_AUTO = frozenset((Px4Mode.OFFBOARD, Px4Mode.ORBIT, Px4Mode.FOLLOW))
TAKEOFFS = (Px4Mode.TAKEOFF, Px4Mode.VTOL_TAKEOFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A request that cannot be granted now, with the words PX4 uses."""

    text: str


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
        self.health = HealthChecks()
        self.flags = Flags()
        self.home_wanted = False
        self._say = say
        self._ready_at_s = random.uniform(*READY_S)
        self._complained = False
        self._now_s = 0.0
        self._armed_at_s = 0.0
        self._taken_off_at_s: float | None = None
        self._landed = self._maybe_landed = True
        self._rests_since_s: float | None = None
        self._checks_from_s = 0.0
        self.pilot = Pilot()
        self._ground_heard_s: float | None = None
        self._ground_lost = True
        self._heard_early = False
        self._onboard_heard_s: float | None = None
        self._onboard_lost = False
        self._remote_id_heard_s: float | None = None
        self._remote_id_present = self._remote_id_healthy = False
        self._check_now = True
        self._position_lost_s = 0.0
        self._battery_at_arming = ChargeState.OK
        self._flies_without_sticks = True
        self._battery_told = ChargeState.OK
        self._after_disarming = Px4Mode.HOLD
        self.renew_facts: Callable[[], CommanderFacts] | None = None

    @property
    def mode(self) -> Px4Mode:
        """The mode that is flown: a failsafe's, or the one asked for."""
        return self.failsafe.mode or self.intended

    @property
    def system_status(self) -> int:
        """MAV_STATE."""
        if self.failsafe.active:
            return CRITICAL_STATE
        if self.armed:
            return ACTIVE
        return STANDBY if self.ready and self.health.can_arm(self.mode) else 0

    @property
    def prearm_ok(self) -> bool:
        """Whether the health bits say that it may be armed in the mode of now."""
        return self.ready and self.health.can_arm(self.mode)

    @property
    def base_mode(self) -> int:
        """MAV_MODE_FLAG."""
        flags = DISARMED_NOT_AUTO if self.mode in NOT_AUTO else DISARMED_BASE_MODE
        return flags | (ARMED_FLAG if self.armed else 0)

    @property
    def armed_at_s(self) -> float:
        """Boot second of the last arming."""
        return self._armed_at_s

    def heard_ground(self) -> None:
        """A ground station's heartbeat came in."""
        if self._now_s < HEARTBEATS_FROM_S:
            self._heard_early = True
            return
        if self._ground_lost and self._ground_heard_s is not None:
            self._say(INFO, "GCS connection regained\t")
        self._ground_lost = False
        self._ground_heard_s = self._now_s

    def heard_onboard(self) -> None:
        """A companion computer's heartbeat came in."""
        if self._onboard_lost:
            self._onboard_lost = False
            self._say(INFO, "Onboard controller regained\t")
        self._onboard_heard_s = self._now_s

    def change_mode(self, mode: Px4Mode, *, force: bool = False) -> Refused | None:
        """Take the operator's mode; None when it was taken."""
        possible = force or not self.armed or self.flags.may_enter(mode)
        if not possible or self.mode is Px4Mode.TERMINATION:
            return Refused(text=f"Switching to {NAMES[mode]} is currently not available\t")
        self.failsafe.operator_chose_mode()
        self.intended = mode
        keeps = mode is Px4Mode.TERMINATION
        if keeps or (mode not in PREVENTS_ARMING and mode not in TAKEOFFS):
            self._after_disarming = mode
        return None

    def mode_completed(self, mode: Px4Mode) -> None:
        """A take-off or a mission is over in the air: hold the place."""
        if self.armed and not self._landed and self.mode is mode and self.intended is mode:
            self.change_mode(Px4Mode.HOLD, force=True)

    def arm(self, reason: str, *, forced: bool = False) -> Refused | None:
        """Arm, or say why not."""
        if self.armed:
            return None
        if not (forced or self.pilot.throttle_safe(self.mode, self.flags)):
            return self._refused(THROTTLE_UNSAFE)
        if self.renew_facts is not None:
            self._check(self.renew_facts(), self._now_s)
        if not self.prearm_ok and not forced:
            return self._refused("Arming denied: Resolve system health failures first\t")
        self.armed = True
        self._armed_at_s = self._now_s
        self._check_now = True
        self._taken_off_at_s = self._rests_since_s = None
        self._battery_at_arming = self.flags.battery
        self._flies_without_sticks = self.flags.manual_control_lost
        self.home_wanted = True
        self._say(INFO, f"Armed by {reason}\t")
        return None

    def disarm(self, reason: str, *, forced: bool = False) -> Refused | None:
        """Disarm, or say why not."""
        if not self.armed:
            return None
        dropped = self.pilot.may_disarm_in_flight(self.mode, reason)
        if not (forced or dropped or self._landed or self._maybe_landed):
            return self._refused(NOT_LANDED, told=reason != STICK_GESTURE)
        self.armed = False
        self._check_now = self.home_wanted = True
        self._taken_off_at_s = self._rests_since_s = None
        self._say(INFO, f"Disarmed by {reason}\t")
        self.intended = self._after_disarming
        return None

    def kill(self) -> None:
        """Stop the motors at once, for good: a stick gesture; disarming follows in a while."""
        if not self.pilot.killed:
            self.pilot.kill(self._now_s)
            self._check_now = True
            self._say(INFO if self._landed else CRITICAL, "Kill engaged\t")

    def _refused(self, text: str, *, told: bool = True) -> Refused:
        if told:
            self._say(CRITICAL, text)
        return Refused(text=text)

    def heard_remote_id(self, *, healthy: bool) -> None:
        """A heartbeat of the vehicle's Remote ID system came in."""
        if not self._remote_id_present and self._remote_id_heard_s is not None:
            self._say(INFO, "Remote ID system regained\t")
        changed = (True, healthy) != (self._remote_id_present, self._remote_id_healthy)
        self._check_now = self._check_now or changed
        self._remote_id_present, self._remote_id_healthy = True, healthy
        self._remote_id_heard_s = self._now_s

    def step(self, facts: CommanderFacts, now_s: float) -> None:
        """Look at the vehicle and do what is due; `now_s` is seconds since boot."""
        self._now_s = now_s
        self._boot(now_s, no_rally=facts.sensed.rally_missing)
        self._watch_links(now_s)
        self._watch_ground(facts, now_s)
        if self.armed and self.pilot.wants_disarming(now_s):
            self.disarm("kill switch", forced=True)
        if self._auto_disarmed(facts, now_s):
            # The mode that is flown no more is left before the checks look.
            self._fail_safely(facts, now_s)
        if self._check_now or facts.mission_available is self.flags.mission_missing:
            # PX4 checks at once when its status changes, and every 100 ms from then on.
            self._checks_from_s, self._check_now = now_s, False
            self._check(facts, now_s)
        elif round((now_s - self._checks_from_s) / LOOK_S) % CHECKED_EVERY_LOOKS == 0:
            self._check(facts, now_s)
        self._fail_safely(facts, now_s)

    def next_step_s(self) -> float:
        """The boot second at which there is something to do again, unless facts change before.

        Facts that end the wait: any field of CommanderFacts, a request, a heartbeat.
        """
        grounded = self.armed and (self._landed or self.pilot.killed)
        if not self.ready or not self.failsafe.idle or grounded or self._check_now:
            return self._now_s
        waits = [self.health.next_report_s]
        if self._ground_heard_s is not None and not self._ground_lost:
            silent_s = HEARTBEAT_LASTS_S + self.parameters["COM_DL_LOSS_T"]
            waits.append(self._ground_heard_s + silent_s)
        if self._onboard_heard_s is not None and not self._onboard_lost:
            waits.append(self._onboard_heard_s + HEARTBEAT_LASTS_S + ONBOARD_SILENT_S)
        if self._remote_id_heard_s is not None and self._remote_id_present:
            waits.append(self._remote_id_heard_s + HEARTBEAT_LASTS_S + REMOTE_ID_SILENT_S)
        limit_s = self.parameters["COM_FLT_TIME_MAX"]
        if self._taken_off_at_s is not None and limit_s > 0.0 and not self.flags.flight_time_over:
            waits.append(self._taken_off_at_s + limit_s)
        return min(waits)

    def _boot(self, now_s: float, *, no_rally: bool) -> None:
        self.alive = self.alive or now_s >= HEARTBEAT_FROM_S
        if not self.has_home and now_s >= HOME_FROM_S:
            self.has_home = self.home_wanted = True
        if not self._complained and now_s >= COMPLAINS_AT_S:
            self._complained = True
            self._say(CRITICAL, "Preflight Fail: no heading reference")
            if self.parameters["NAV_DLL_ACT"] > 0 and self._ground_heard_s is None:
                self._say(WARNING, "Preflight Fail: No connection to the GCS")
            if no_rally:
                self._say(WARNING, "No rally point configured\t")
        if not self.ready and now_s >= self._ready_at_s:
            self.ready = self.home_wanted = True

    def _watch_links(self, now_s: float) -> None:
        if self._heard_early and now_s >= HEARTBEATS_FROM_S:
            self._heard_early = False
            self.heard_ground()
        since_s = now_s - HEARTBEAT_LASTS_S
        heard_s, limit_s = self._ground_heard_s, self.parameters["COM_DL_LOSS_T"]
        if heard_s is not None and not self._ground_lost and since_s - heard_s > limit_s:
            self._ground_lost = True
            self._check_now = True
            self._say(INFO, "Connection to ground station lost\t")
        heard_s = self._onboard_heard_s
        if heard_s is not None and not self._onboard_lost and since_s - heard_s > ONBOARD_SILENT_S:
            self._onboard_lost = True
            self._say(CRITICAL, "Connection to mission computer lost\t")
        heard_s = self._remote_id_heard_s
        silent = heard_s is not None and since_s - heard_s > REMOTE_ID_SILENT_S
        if silent and self._remote_id_present:
            self._remote_id_present = self._remote_id_healthy = False
            self._check_now = True
            self._say(CRITICAL, "Remote ID system lost\t")

    def _watch_ground(self, facts: CommanderFacts, now_s: float) -> None:
        self._maybe_landed = facts.maybe_landed
        if facts.landed == self._landed:
            return
        self._landed = facts.landed
        if not self.armed:
            return
        if facts.landed:
            self._say(INFO, "Landing detected\t")
        else:
            self._taken_off_at_s = now_s
            self.home_wanted = True
            self._say(INFO, "Takeoff detected\t")

    def _auto_disarmed(self, facts: CommanderFacts, now_s: float) -> bool:
        """Disarm what stands for a while; while a mission runs, time neither begins nor ends."""
        if not self.armed:
            return False
        parameters = self.parameters
        wait_s = parameters["COM_DISARM_LAND"]
        if self._taken_off_at_s is None:
            wait_s = parameters["COM_DISARM_PRFLT"]
            limit_s = parameters["COM_SPOOLUP_TIME"] + wait_s
            self._rests(resting=True, now_s=now_s)
        elif self.mode is not Px4Mode.MISSION or facts.mission_finished:
            limit_s = wait_s
            self._rests(resting=facts.landed, now_s=now_s)
        else:
            return False
        since_s = self._rests_since_s
        if wait_s > 0.0 and since_s is not None and now_s - since_s > limit_s - LOOK_S / 2.0:
            taken_off = self._taken_off_at_s is not None
            self.disarm("landing" if taken_off else "auto preflight disarming")
        return not self.armed

    def _rests(self, *, resting: bool, now_s: float) -> None:
        if not resting:
            self._rests_since_s = None
        elif self._rests_since_s is None:
            self._rests_since_s = now_s

    def _check(self, facts: CommanderFacts, now_s: float) -> None:
        """The health checks, ten times a second."""
        flags, parameters = self.flags, self.parameters
        self._check_position(facts, now_s)
        flags.attitude_invalid = not facts.attitude_valid
        flags.height_invalid = not facts.height_valid
        flags.home_invalid = not self.has_home
        flags.mission_missing = not facts.mission_available
        flags.mission_failed = facts.mission_failed
        flags.offboard_signal_lost = not facts.offboard_signal
        flags.manual_control_lost = not facts.manual_control
        if facts.manual_control:
            self._flies_without_sticks = False
        flags.ground_station_lost = self._ground_lost
        flags.fence_breached = facts.breached and int(parameters["GF_ACTION"]) != 0
        flags.wind_over_limit = facts.wind_over_limit
        flags.tumbling, flags.height_lost = facts.tumbling, facts.height_lost
        flags.motor_failed = facts.motor_failed
        facts.sensed.remote_id_present = self._remote_id_present
        flags.remote_id_lost = not (self._remote_id_present and self._remote_id_healthy)
        limit_s = parameters["COM_FLT_TIME_MAX"]
        off_s = self._taken_off_at_s
        flags.flight_time_over = off_s is not None and 0.0 < limit_s < now_s - off_s
        worst = max(flags.battery, facts.battery) if self.armed else facts.battery
        flags.battery = ChargeState.OK if int(parameters["CBRK_SUPPLY_CHK"]) == 894281 else worst
        facts.sensed.killed = self.pilot.killed
        self.health.sensed = facts.sensed
        if self.ready:
            self.health.step(flags, parameters, armed=self.armed, mode=self.mode, now_s=now_s)
        self._tell()

    def _check_position(self, facts: CommanderFacts, now_s: float) -> None:
        flags = self.flags
        if not facts.position_valid:
            self._position_lost_s = now_s
            invalid = True
        else:
            # After a loss the position must be good for a second before it counts again.
            waits = flags.local_position_invalid and self._position_lost_s > 0.0
            invalid = waits and now_s <= self._position_lost_s + REGAINED_AFTER_S
        flags.local_position_invalid = flags.rough_local_position_invalid = invalid
        flags.global_position_invalid = invalid
        flags.position_inaccurate = facts.position_inaccurate and not invalid

    def _tell(self) -> None:
        for severity, text in self.health.texts:
            self._say(severity, text)
        self.health.texts.clear()
        if self.flags.battery is not self._battery_told:
            self._battery_told = self.flags.battery
            if self.flags.battery is ChargeState.EMERGENCY:
                self._say(CRITICAL, "System does not support shutdown\t")

    def _fail_safely(self, facts: CommanderFacts, now_s: float) -> None:
        intended = self.failsafe.step(
            self.flags,
            Situation(
                armed=self.armed,
                intended=self.intended,
                armed_for_s=now_s - self._armed_at_s if self.armed else 0.0,
                mission_finished=facts.mission_finished,
                battery_at_arming=self._battery_at_arming,
                manual_lost_at_arming=self._flies_without_sticks or not self.armed,
            ),
            self.parameters,
            now_s,
        )
        self.intended = intended
        for severity, text in self.failsafe.texts:
            self._say(severity, text)
        self.failsafe.texts.clear()
        if self.failsafe.selected is Action.DISARM:
            self.disarm("failsafe", forced=True)
