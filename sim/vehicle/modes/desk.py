"""Where requests for modes arrive, and where faults become what the vehicle believes.

One desk an aircraft (`Aircraft.modes`): the wire hands it plain values, the aircraft calls
`observe` before every thought. Source: PX4-Autopilot v1.17, commander/Commander.cpp,
navigator/navigator_main.cpp.
"""

import math
from random import Random

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import Battery
from sim.vehicle.commander import Commander
from sim.vehicle.faults import ALL_WORKING, SensorState, VehicleFaults
from sim.vehicle.fence import Breaches
from sim.vehicle.flight import Flight
from sim.vehicle.guidance import OffboardSetpoint
from sim.vehicle.mission_store import MissionStore
from sim.vehicle.modes.failures import FailureWatch
from sim.vehicle.modes.gestures import Asked, StickGestures, kills
from sim.vehicle.modes.injection import inject
from sim.vehicle.modes.requests import (
    FollowTarget,
    OrbitRequest,
    OrbitStatus,
    Peer,
    RepositionRequest,
    Result,
    TrafficReport,
)
from sim.vehicle.modes.sticks import StickInput, StickPositions
from sim.vehicle.modes.traffic import TrafficWatch
from sim.vehicle.navigation import NavigationState
from sim.vehicle.navigator import Navigator
from sim.vehicle.return_mode import RALLY_ONLY
from sim.vehicle.safety.estimate import Estimate
from sim.vehicle.safety.facts import CommanderFacts
from sim.vehicle.safety.flags import MANUAL_CONTROL
from sim.vehicle.trajectory import Ned

INFO, WARNING, CRITICAL = 6, 4, 2
LOOK_S, FENCE_EVERY_LOOKS = 0.05, 4
LOITER_AFTER_BREACH = 2
FENCE_BY_GPS = 1
OUTSIDE = "Reposition is outside geofence\t"
TOO_HIGH = "Altitude change is outside geofence\t"


_SAID_OF = {
    Px4Mode.RTL: "Returning to launch\t",
    Px4Mode.LAND: "Landing at current position\t",
}


NO_STICKS = StickPositions()
KILLING = StickPositions(up=-1.0)
GESTURE = "stick gesture"
# Auto and offboard modes: who moves the sticks means to fly.
TAKEN_OVER = frozenset(Px4Mode) - MANUAL_CONTROL - {Px4Mode.TERMINATION}


class ModeDesk:
    """Takes requests, keeps the belief, fills in the commander's facts."""

    def __init__(
        self,
        *,
        flight: Flight,
        state: NavigationState,
        commander: Commander,
        navigator: Navigator,
        missions: MissionStore,
        battery: Battery,
        faults: VehicleFaults,
        random: Random,
    ) -> None:
        self.faults = faults
        self.estimate = Estimate(faults, random)
        self.breaches = Breaches()
        self._flight, self._state, self._commander = flight, state, commander
        self._navigator, self._missions, self._battery = navigator, missions, battery
        self._failures = FailureWatch()
        self._traffic = TrafficWatch()
        self.sticks = StickInput()
        self._gestures = StickGestures()
        self._offboard_at_s: float | None = None
        self._latched = False
        self._held = False
        self._faults_seen = 0
        self._wind_as_configured = flight.disturbances.wind_m_s
        self._facts = CommanderFacts()
        commander.renew_facts = self._renewed

    @property
    def next_look_s(self) -> float:
        """When a look may find something that no message and no place announces."""
        if self.faults.motor_effectiveness != ALL_WORKING:
            return self._state.now_s
        at_s, flags = self._offboard_at_s, self._commander.flags
        parameters = self._commander.parameters
        looks_s = math.inf if flags.manual_control_lost else self.sticks.lost_at_s(parameters)
        if at_s is not None and not flags.offboard_signal_lost:
            looks_s = min(looks_s, at_s + float(parameters["COM_OF_LOSS_T"]))
        return looks_s

    @property
    def orbit_status(self) -> OrbitStatus | None:
        """What ORBIT_EXECUTION_STATUS tells; None while no orbit is flown."""
        orbit = self._navigator.orbit
        return orbit.status if orbit.triplet is not None else None

    def change_mode(self, mode: Px4Mode, *, force: bool = False) -> Result:
        """Ask for a mode; a refusal is told to the operator."""
        refused = self._commander.change_mode(mode, force=force)
        if refused is None:
            return Result.ACCEPTED
        self._state.say(CRITICAL, refused.text)
        return Result.TEMPORARILY_REJECTED

    def orbit(self, request: OrbitRequest) -> Result:
        """MAV_CMD_DO_ORBIT."""
        refused = self._commander.change_mode(Px4Mode.ORBIT)
        if refused is not None:
            self._state.say(CRITICAL, "Orbit command rejected")
            return Result.TEMPORARILY_REJECTED
        if self._commander.armed and not self._state.landed:
            self._navigator.switch(Px4Mode.ORBIT)
            self._navigator.orbit.command(request, self._state, self._commander.parameters)
            self._navigator.step()
        return Result.ACCEPTED

    def reposition(self, request: RepositionRequest) -> Result:
        """MAV_CMD_DO_REPOSITION and MAV_CMD_DO_CHANGE_ALTITUDE."""
        commander, state = self._commander, self._state
        if request.switch_mode:
            if self.change_mode(Px4Mode.HOLD) is not Result.ACCEPTED:
                return Result.TEMPORARILY_REJECTED
        elif not request.height_only and commander.mode is not Px4Mode.HOLD:
            return Result.DENIED
        if not commander.armed or state.landed:
            return Result.ACCEPTED
        if not self._allows(request):
            state.say(CRITICAL, TOO_HIGH if request.height_only else OUTSIDE)
            return Result.ACCEPTED
        elsewhere = request.height_only and commander.mode is not Px4Mode.HOLD
        if elsewhere and self.change_mode(Px4Mode.HOLD) is not Result.ACCEPTED:
            return Result.TEMPORARILY_REJECTED
        self._navigator.switch(Px4Mode.HOLD)
        self._navigator.reposition_as(request)
        self._latched = False
        return Result.ACCEPTED

    def _allows(self, request: RepositionRequest) -> bool:
        here = self._state.position
        level = request.place or here
        target = Ned(level.n, level.e, here.d if request.down_m is None else request.down_m)
        return self._missions.fence.allows(target, home=self._state.home)

    def follow_target(self, target: FollowTarget) -> None:
        """FOLLOW_TARGET came in."""
        state = self._state
        self._navigator.follow.hear(target, self._commander.parameters, state.now_s)

    def offboard_setpoint(self, setpoint: OffboardSetpoint) -> None:
        """A setpoint of a companion came in; streaming them makes offboard mode possible."""
        self._navigator.offboard = setpoint
        self._offboard_at_s = self._state.now_s
        self._flight.hear_companion()

    def sticks_moved(self, positions: StickPositions, source: int) -> bool:
        """MANUAL_CONTROL came in; whether these sticks count. The pilot may take over."""
        commander = self._commander
        now_s, parameters = self._flight.boot_s, commander.parameters
        if not self.sticks.hear(positions, source=source, now_s=now_s, parameters=parameters):
            return False
        commander.pilot.throttle = positions.up
        asked = self._gestures.see(positions, now_s, parameters)
        kills_now = float(parameters["MAN_KILL_GEST_T"]) > 0.0 and kills(positions)
        self._move_sticks(KILLING if kills_now else positions)
        for gesture in asked:
            self._obey(gesture)
        if self.sticks.moving and commander.armed and commander.mode in TAKEN_OVER:
            self._take_over()
        return True

    def _obey(self, gesture: Asked) -> None:
        commander = self._commander
        if gesture is Asked.ARM:
            commander.arm(GESTURE)
        elif gesture is Asked.DISARM:
            commander.disarm(GESTURE)
        else:
            commander.kill()

    def _take_over(self) -> None:
        if self._commander.failsafe.active:
            self._commander.failsafe.sticks_moved()
        elif self._commander.change_mode(Px4Mode.POSITION) is None:
            self._state.say(INFO, "Pilot took over using sticks\t")

    def _move_sticks(self, positions: StickPositions) -> None:
        self._flight.move_sticks(
            forward=positions.forward,
            right=positions.right,
            clockwise=positions.clockwise,
            up=positions.up,
        )

    def traffic(self, report: TrafficReport) -> None:
        """ADSB_VEHICLE came in."""
        texts, mode = self._traffic.hear(report, self._state, self._commander.parameters)
        for severity, text in texts:
            self._state.say(severity, text)
        if mode is None or not self._commander.armed:
            return
        words = _SAID_OF.get(mode)
        if self._commander.change_mode(mode) is None and words is not None:
            self._state.say(INFO, words)

    def heard(self, peer: Peer, *, healthy: bool = True) -> None:
        """A heartbeat came in; `healthy` is what a Remote ID system says of itself."""
        if peer is Peer.GROUND_STATION:
            self._commander.heard_ground()
        elif peer is Peer.ONBOARD_CONTROLLER:
            self._commander.heard_onboard()
        elif peer is Peer.REMOTE_ID:
            self._commander.heard_remote_id(healthy=healthy)

    def terminate(self) -> Result:
        """MAV_CMD_DO_FLIGHTTERMINATION with its parameter set."""
        if not self._commander.armed:
            return Result.DENIED
        refused = self._commander.change_mode(Px4Mode.TERMINATION)
        return Result.ACCEPTED if refused is None else Result.TEMPORARILY_REJECTED

    def inject(self, *, unit: float, kind: float, instance: float, mask: float) -> Result:
        """MAV_CMD_INJECT_FAILURE."""
        done = inject(self.faults, unit=unit, kind=kind, instance=instance, mask=mask)
        if done.text is not None:
            self._state.say(WARNING, done.text)
        return done.result

    def observe(self, facts: CommanderFacts) -> None:
        """Move belief on and fill in what the commander looks at besides the ground."""
        state, parameters = self._state, self._commander.parameters
        self._facts = facts
        if self.faults.revision != self._faults_seen:
            self._take_faults()
        if not self.estimate.settled:
            self._believe(facts)
        self._watch_fence(facts)
        mission = self._navigator.mission
        facts.mission_available = mission.valid
        facts.mission_finished = mission.finished
        facts.offboard_signal = self._has_setpoints(parameters["COM_OF_LOSS_T"])
        facts.manual_control = self.sticks.there(state.now_s, parameters)
        if not facts.manual_control:
            self._move_sticks(NO_STICKS)
            self._gestures.forget()
        facts.wind_over_limit = self._wind_over_limit(state)
        self._failures.step(facts, self._flight, self._commander, self.faults, state.now_s)
        facts.battery = self._battery.state
        facts.sensed.battery_connected = self._battery.connected
        facts.sensed.battery_remaining = self._battery.remaining
        no_rally = not self._navigator.rally
        facts.sensed.rally_missing = no_rally and int(parameters["RTL_TYPE"]) == RALLY_ONLY

    def _renewed(self) -> CommanderFacts:
        """The facts of now: arming looks once more, as PX4's does."""
        self.observe(self._facts)
        return self._facts

    def _has_setpoints(self, limit_s: float) -> bool:
        at_s = self._offboard_at_s
        return at_s is not None and self._state.now_s < at_s + limit_s

    def _wind_over_limit(self, state: NavigationState) -> bool:
        """PX4 knows the wind of a multirotor only where its drag is fused (EKF2_DRAG_CTRL)."""
        parameters = self._commander.parameters
        limit = parameters["COM_WIND_MAX"]
        fused = int(parameters["EKF2_DRAG_CTRL"]) == 1 and not state.landed
        if not fused or limit <= 0.0 or int(parameters["COM_WIND_MAX_ACT"]) <= 1:
            return False
        wind = self._flight.disturbances.wind_m_s
        return math.hypot(wind[0], wind[1]) > limit

    def _take_faults(self) -> None:
        faults, battery = self.faults, self._battery
        self._faults_seen = faults.revision
        disturbances = self._flight.disturbances
        disturbances.motor_effectiveness = faults.motor_effectiveness
        weather = faults.weather
        disturbances.wind_m_s = self._wind_as_configured if weather is None else weather.wind_m_s
        disturbances.gust_deviation_m_s = 0.0 if weather is None else weather.gust_deviation_m_s
        if weather is not None:
            disturbances.gust_time_s = weather.gust_time_s
        battery.connected = faults.battery is SensorState.ON
        battery.drain_factor = faults.battery_drain_factor
        battery.dead_cells = faults.battery_dead_cells
        if faults.battery_remaining is not None:
            battery.hold(faults.battery_remaining)
            faults.battery_remaining = None

    def _believe(self, facts: CommanderFacts) -> None:
        state, body, estimate = self._state, self._flight.body, self.estimate
        estimate.step(
            position=body.position,
            velocity=body.velocity,
            flying=not state.landed,
            parameters=self._commander.parameters,
            now_s=state.now_s,
        )
        for severity, text in estimate.texts:
            state.say(severity, text)
        estimate.texts.clear()
        disturbances = self._flight.disturbances
        disturbances.position_error_m = estimate.position_error
        disturbances.velocity_error_m_s = estimate.velocity_error
        disturbances.yaw_error = estimate.yaw_error
        disturbances.position_known = estimate.position_valid
        disturbances.height_known = estimate.height_valid
        facts.position_valid = estimate.position_valid
        facts.attitude_valid = estimate.attitude_valid
        facts.height_valid = estimate.height_valid
        sensed, now_s = facts.sensed, state.now_s
        sensed.magnetometer = not estimate.silent("mag", now_s)
        sensed.barometer = not estimate.silent("baro", now_s)
        sensed.accelerometer = not estimate.silent("accel", now_s)
        sensed.gyroscope = not estimate.silent("gyro", now_s)
        sensed.satellites = estimate.fix_type > 0
        sensed.heading = estimate.heading_valid
        sensed.compass_fault = estimate.magnetometer_fault

    def _watch_fence(self, facts: CommanderFacts) -> None:
        state, fence = self._state, self._missions.fence
        if fence.empty:
            self.breaches = Breaches()
        elif round(state.now_s / LOOK_S) % FENCE_EVERY_LOOKS == 0 and self.estimate.position_valid:
            self._judge_place(facts)
        facts.breached = self.breaches.any
        sensed = facts.sensed
        sensed.max_distance_breached = self.breaches.distance
        sensed.max_height_breached = self.breaches.height
        sensed.custom_fence_breached = self.breaches.custom

    def _judge_place(self, facts: CommanderFacts) -> None:
        state, parameters = self._state, self._commander.parameters
        place = state.position
        if int(parameters["GF_SOURCE"]) == FENCE_BY_GPS and not self.estimate.settled:
            true, error = self._flight.body.position, self.estimate.gps_error
            place = Ned(true.n + error.n, true.e + error.e, true.d + error.d)
        found = self._missions.fence.breaches(place, home=state.home)
        if self._commander.mode is not Px4Mode.HOLD:
            self._latched = False
        self.breaches = self.breaches.joined(found) if self._latched else found
        if not self.breaches.any:
            self._held = False
        elif not self._held and state.armed and not state.landed:
            self._held = int(parameters["GF_ACTION"]) == LOITER_AFTER_BREACH
            if self._held:
                self._latched = True
                self._stay_when_held()

    def _stay_when_held(self) -> None:
        """A breach with the action Hold stays at the place of the breach, not further on."""
        self._navigator.switch(Px4Mode.HOLD)
        self._navigator.hold_here()
