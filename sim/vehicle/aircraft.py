"""Everything of a simulated vehicle but its radio: flight, navigation, modes, battery, gimbal.

Time is seconds since boot. `step` moves all of it by one physics step; commander and navigator
run at 20 Hz as PX4's navigator does. The same seed and the same calls give the same flight.
"""

import math
from datetime import timedelta
from random import Random

from onboard.mavlink.mission_transfer import PlanStore
from onboard.mavlink.plan_items import MissionType
from onboard.mavlink.px4_modes import Px4Mode
from sim.clock import Clock
from sim.vehicle.battery import Battery
from sim.vehicle.commander import Commander, CommanderFacts
from sim.vehicle.config import VehicleConfig
from sim.vehicle.dynamics import Airframe
from sim.vehicle.flight import Flight
from sim.vehicle.gimbal import Gimbal
from sim.vehicle.guidance import Leg
from sim.vehicle.local_frame import Geo, LocalFrame
from sim.vehicle.mission_store import MissionStore
from sim.vehicle.navigation import Issued, NavigationState, Reached, Text
from sim.vehicle.navigator import Navigator
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.pose import VehiclePose
from sim.vehicle.rotation import matrix_from_quaternion, quaternion_from_euler, tilt_angles
from sim.vehicle.settings import FlightSettings
from sim.vehicle.trajectory import Ned

NAVIGATOR_PERIOD_S = 0.05
MISSION_NONE, MISSION_READY, MISSION_RUNS, MISSION_PAUSED, MISSION_OVER = 1, 2, 3, 4, 5
NO_ITEMS = 65535


class Aircraft:
    """One vehicle's body and mind. What it wants said or done is left in `texts` and so on."""

    def __init__(
        self, config: VehicleConfig, *, clock: Clock, seed: int, booted_at_s: float
    ) -> None:
        self.config = config
        self.boot_s = 0.0
        self.texts: list[Text] = []
        self.reached: list[int] = []
        self.issued: list[Issued] = []
        self.parameters = ParameterStore(config.parameters)
        self.random = Random(f"{seed}/{config.instance}")
        self.plans = PlanStore()
        self._clock = clock
        self._booted_at_s = booted_at_s
        self._parameters_seen = 0
        self._navigate_at_s = 0.0
        self._place()
        values = self.parameters.values
        self.battery = Battery(values)
        self.gimbal = Gimbal(pitch=math.radians(config.gimbal_pitch_deg))
        self.commander = Commander(values, self.random, self.say)
        self.navigator = Navigator(self.state)
        self.missions = MissionStore(self.plans, self.navigator, self.random)
        self.missions.limit(values)
        self._facts = CommanderFacts()
        self._armed_before = False

    def _place(self) -> None:
        config = self.config
        settings = FlightSettings.from_parameters(self.parameters.values)
        origin = Geo(config.latitude_deg, config.longitude_deg, config.ground_amsl_m)
        self.frame = LocalFrame(origin)
        yaw = math.radians(config.heading_deg)
        self.flight = Flight(settings, self._airframe(), yaw=yaw)
        wind_n = config.wind_north_m_s + self.parameters.values["SIH_WIND_N"]
        wind_e = config.wind_east_m_s + self.parameters.values["SIH_WIND_E"]
        self.flight.body.wind = (wind_n, wind_e)
        self.state = NavigationState(frame=self.frame, settings=settings, yaw=yaw)

    def _airframe(self) -> Airframe:
        values = self.parameters.values
        return Airframe(
            mass_kg=values["SIH_MASS"],
            max_thrust_n=4.0 * values["SIH_T_MAX"],
            drag_n_per_m_s=values["SIH_KDV"],
            motor_lag_s=values["SIH_T_TAU"],
        )

    def say(self, severity: int, text: str) -> None:
        """Tell every ground station."""
        self.texts.append(Text(severity=severity, text=text))

    @property
    def mode(self) -> Px4Mode:
        """The flight mode in force."""
        return self.commander.mode

    @property
    def landed(self) -> bool:
        """Whether the land detector holds the vehicle to be on the ground."""
        return self.flight.land.landed

    @property
    def landed_state(self) -> int:
        """MAV_LANDED_STATE."""
        if self.landed:
            return 1
        return {Leg.TAKEOFF: 3, Leg.LAND: 4, Leg.DESCEND: 4}.get(self.flight.leg, 2)

    def geo(self) -> Geo:
        """Where the vehicle is."""
        return self.frame.geo(self.flight.body.position)

    def home(self) -> Geo:
        """Where home is."""
        return self.frame.geo(self.state.home)

    def mission_state(self) -> int:
        """MISSION_STATE of MISSION_CURRENT."""
        mission = self.navigator.mission
        if not mission.items or not mission.valid:
            return MISSION_NONE
        if mission.finished:
            return MISSION_OVER
        if self.mode is Px4Mode.MISSION and self.commander.armed:
            return MISSION_RUNS
        return MISSION_PAUSED if mission.begun else MISSION_READY

    def mission_total(self) -> int:
        """Items on board, or the number that stands for none."""
        return len(self.plans.items(MissionType.MISSION)) or NO_ITEMS

    def attitude(self) -> tuple[float, float, float]:
        """Roll, pitch and yaw."""
        body = self.flight.body
        upright = math.sqrt(max(1.0 - body.lean_n**2 - body.lean_e**2, 1e-6))
        roll, pitch = tilt_angles(body.lean_n, body.lean_e, upright, body.yaw)
        return roll, pitch, body.yaw

    def step(self, dt_s: float) -> None:
        """Move on by `dt_s` seconds."""
        self.boot_s += dt_s
        if self.boot_s >= self._navigate_at_s:
            self._navigate_at_s += NAVIGATOR_PERIOD_S
            self._think()
        self.flight.step(self.navigator.triplet, armed=self.commander.armed, dt_s=dt_s)
        self.battery.step(armed=self.commander.armed, dt_s=dt_s)
        body = self.flight.body
        self.gimbal.step(position=body.position, vehicle_yaw=body.yaw, dt_s=dt_s)

    def _think(self) -> None:
        if self.parameters.revision != self._parameters_seen:
            self._apply_parameters()
        self._observe()
        self.commander.step(self._facts, self.boot_s)
        if self.commander.armed and not self._armed_before:
            self.navigator.rearmed()
        self._armed_before = self.commander.armed
        self.state.armed = self.commander.armed
        self._keep_home()
        self._navigate()

    def _apply_parameters(self) -> None:
        self._parameters_seen = self.parameters.revision
        values = self.parameters.values
        settings = FlightSettings.from_parameters(values)
        self.state.settings = settings
        self.flight.apply(settings)
        self.battery.apply(values)
        self.missions.limit(values)

    def _observe(self) -> None:
        body, land, state = self.flight.body, self.flight.land, self.state
        state.now_s = self.boot_s
        state.position, state.velocity, state.yaw = body.position, body.velocity, body.yaw
        state.landed, state.maybe_landed = land.landed, land.maybe_landed
        state.flying = self.flight.flying
        facts = self._facts
        facts.landed, facts.maybe_landed = land.landed, land.maybe_landed
        facts.battery = self.battery.state
        facts.mission_ended_landed = (
            self.mode is Px4Mode.MISSION and self.navigator.mission.finished
        )

    def _keep_home(self) -> None:
        if not self.commander.home_wanted:
            return
        self.commander.home_wanted = False
        if self.landed:
            self.set_home(self.flight.body.position)

    def set_home(self, place: Ned) -> None:
        """Make a place home, with the present heading."""
        self.state.home = place
        self.state.home_yaw = self.flight.body.yaw

    def _navigate(self) -> None:
        navigator, commander = self.navigator, self.commander
        self.missions.step(self.parameters.values, self.boot_s, home=commander.ready)
        fence = self.missions.fence
        self._facts.breached = not fence.allows(self.state.position, home=self.state.home)
        if navigator.mode is not commander.mode:
            navigator.switch(commander.mode)
        navigator.step()
        self.plans.current_seq = navigator.mission.current
        self._take_events()

    def _take_events(self) -> None:
        events = self.state.events
        for event in events:
            if isinstance(event, Text):
                self.texts.append(event)
            elif isinstance(event, Reached):
                self.reached.append(event.seq)
            elif isinstance(event, Issued):
                self.issued.append(event)
            else:
                self._mode_completed()
        events.clear()

    def _mode_completed(self) -> None:
        if self.commander.intended is Px4Mode.TAKEOFF and self.mode is Px4Mode.TAKEOFF:
            self.commander.intended = Px4Mode.HOLD

    def change_speed(self, speed_m_s: float) -> None:
        """Fly at a speed until the mode changes; below zero is the default speed."""
        self.state.cruise_m_s = speed_m_s if speed_m_s > 0.0 else None

    def look_at(self, place: Ned | None) -> None:
        """Aim gimbal and, in a mission, heading at a place; None looks ahead."""
        self.state.region_of_interest = place
        self.gimbal.look_at(place)

    def pose(self, now_s: float) -> VehiclePose:
        """Truth at a virtual second, but never more than a step from the last one simulated."""
        body = self.flight.body
        step_s = self.config.step_s
        ahead = min(max(now_s - self._booted_at_s - self.boot_s, -step_s), step_s)
        boot_s = self.boot_s + ahead
        p, v = body.position, body.velocity
        geo = self.frame.geo(Ned(p.n + v.n * ahead, p.e + v.e * ahead, p.d + v.d * ahead))
        gimbal = self.gimbal.quaternion
        return VehiclePose(
            latitude_deg=geo.latitude_deg,
            longitude_deg=geo.longitude_deg,
            height_amsl_m=geo.height_amsl_m,
            height_above_home_m=self.state.home.d - p.d - v.d * ahead,
            R_ned_from_body=matrix_from_quaternion(quaternion_from_euler(*self.attitude())),
            R_ned_from_gimbal=matrix_from_quaternion(gimbal),
            gimbal_quaternion=gimbal,
            airborne=not self.landed,
            boot_s=boot_s,
            utc=self._clock.began_utc + timedelta(seconds=self._booted_at_s + boot_s),
        )

    def unix_us(self) -> int:
        """UTC now, microseconds since 1970, as SYSTEM_TIME carries it."""
        began_us = round(self._clock.began_utc.timestamp() * 1e6)
        return began_us + round((self._booted_at_s + self.boot_s) * 1e6)
