"""Everything of a simulated vehicle but its radio: flight, navigation, modes, battery, gimbal.

Time is seconds since boot. The flight core moves the body; `look` is its mind, for which the core
stops: commander and navigator, at 20 Hz as PX4's navigator or as often as it
matters. The same seed and the same calls give the same flight.
"""

import math
from random import Random

from onboard.mavlink.mission_transfer import PlanStore
from onboard.mavlink.px4_modes import Px4Mode
from sim.clock import Clock, utc_at
from sim.vehicle.attention import TURNED_LOOKS, Attention, quiet
from sim.vehicle.battery import Battery
from sim.vehicle.battery_watch import BatteryWatch
from sim.vehicle.commander import Commander
from sim.vehicle.config import VehicleConfig
from sim.vehicle.core.fleet import FleetCore, StreamTable
from sim.vehicle.dynamics import airframe_of
from sim.vehicle.faults import VehicleFaults
from sim.vehicle.flight import Flight
from sim.vehicle.gimbal import GimbalManager
from sim.vehicle.guidance import Leg
from sim.vehicle.introduction import introduce
from sim.vehicle.local_frame import Geo, LocalFrame
from sim.vehicle.mission_store import MissionStore
from sim.vehicle.modes.desk import ModeDesk
from sim.vehicle.navigation import Issued, NavigationState, Reached, Text
from sim.vehicle.navigator import Navigator
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.pose import VehiclePose
from sim.vehicle.rotation import tilt_angles
from sim.vehicle.safety.estimate import Estimate
from sim.vehicle.safety.facts import CommanderFacts
from sim.vehicle.settings import FlightSettings
from sim.vehicle.trajectory import Ned
from sim.vehicle.true_pose import pose_of
from sim.vehicle.wire.remote_id import RemoteId

HOME_DEVIATION_M = 0.015
# Of a vehicle on its side.
LEAST_UPRIGHT = 1e-3


class Aircraft:
    """One vehicle's body and mind. What it wants said or done is left in `texts` and so on."""

    def __init__(
        self,
        config: VehicleConfig,
        *,
        clock: Clock,
        seed: int,
        booted_at_s: float,
        core: FleetCore | None = None,
    ) -> None:
        self.config = config
        self.texts: list[Text] = []
        self.reached: list[int] = []
        self.issued: list[Issued] = []
        self.parameters = ParameterStore(config.parameters, gimbal=config.payload)
        self._seed = seed
        self.random = Random(f"{seed}/{config.instance}")
        self.plans = PlanStore()
        self._clock = clock
        self._booted_at_s = booted_at_s
        self._parameters_seen = 0
        self._place(core)
        values = self.parameters.values
        self.battery = Battery(values)
        self._battery_watch = BatteryWatch(self.battery, values, self.flight)
        self.gimbal = GimbalManager(pitch=math.radians(config.gimbal_pitch_deg), values=values)
        self.commander = Commander(values, self.random, self.say)
        self.navigator = Navigator(self.state, values)
        self.missions = MissionStore(self.plans, self.navigator)
        self.missions.limit(values)
        self.remote_id = RemoteId(config.system_id)
        self.faults = VehicleFaults(on_change=self._take_fault)
        self._facts = CommanderFacts()
        self._armed_before = False
        self._home_random = Random(f"{seed}/{config.instance}/home")
        self.modes = self._desk()

    def _place(self, core: FleetCore | None) -> None:
        config = self.config
        settings = FlightSettings.from_parameters(self.parameters.values)
        origin = Geo(config.latitude_deg, config.longitude_deg, config.ground_amsl_m)
        self.frame = LocalFrame(origin)
        yaw = math.radians(config.heading_deg)
        gusts = Random(f"{self._seed}/{config.instance}/gusts")
        self.flight = Flight(
            settings,
            airframe_of(self.parameters.values),
            yaw=yaw,
            step_s=config.step_s,
            seed=gusts.getrandbits(62),
            core=core,
        )
        self._core, self.index = self.flight.core, self.flight.index
        core = self._core
        self._boot_s, self._service_at_s = core.craft["boot_s"], core.mind["service_at_s"]
        self._looks, self._battery_at_s = core.mind["looks"], core.mind["battery_at_s"]
        self.attention = Attention(self._core, self.index)
        self._left_out_s = 0.0
        introduce(
            self.flight,
            self.frame,
            system_id=config.system_id,
            began_unix_us=round(self._clock.began_utc.timestamp() * 1e6),
            booted_at_s=self._booted_at_s,
        )
        # SIH adds its wind to the ground speed: its parameters say where the wind comes from.
        wind_n = config.wind_north_m_s - self.parameters.values["SIH_WIND_N"]
        wind_e = config.wind_east_m_s - self.parameters.values["SIH_WIND_E"]
        self.flight.disturbances.wind_m_s = (wind_n, wind_e, 0.0)
        self.state = NavigationState(frame=self.frame, settings=settings, yaw=yaw)

    def _desk(self) -> ModeDesk:
        return ModeDesk(
            flight=self.flight,
            state=self.state,
            commander=self.commander,
            navigator=self.navigator,
            missions=self.missions,
            battery=self.battery,
            faults=self.faults,
            random=Random(f"{self._seed}/{self.config.instance}/sensors"),
        )

    @property
    def estimate(self) -> Estimate:
        """What the vehicle believes while sensors fail."""
        return self.modes.estimate

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
        # PX4 reads it off the position setpoint, and descending without a position there is none.
        return {Leg.TAKEOFF: 3, Leg.LAND: 4}.get(self.flight.leg, 2)

    def geo(self) -> Geo:
        """Where the vehicle believes it is."""
        return self.frame.geo(self.flight.belief.position)

    def gps_place(self) -> Geo:
        """Where its satellite receiver puts it."""
        p, error = self.flight.body.position, self.estimate.gps_error
        return self.frame.geo(Ned(p.n + error.n, p.e + error.e, p.d + error.d))

    def home(self) -> Geo:
        """Where home is."""
        return self.frame.geo(self.state.home)

    def attitude(self) -> tuple[float, float, float]:
        """Roll, pitch and yaw as the vehicle believes them."""
        roll, pitch, _ = self.true_attitude()
        return roll, pitch, self.flight.belief.yaw

    def true_attitude(self) -> tuple[float, float, float]:
        """Roll, pitch and yaw."""
        body = self.flight.body
        up = body.upright
        upright = math.copysign(max(abs(up), LEAST_UPRIGHT), up)
        roll, pitch = tilt_angles(body.lean_n, body.lean_e, upright, body.yaw)
        return roll, pitch, body.yaw

    @property
    def boot_s(self) -> float:
        """Seconds since boot that were simulated."""
        boot_s: float = self._boot_s.item(self.index)
        return boot_s

    @property
    def steps(self) -> int:
        """Physics steps since boot."""
        return int(self._core.craft["steps"][self.index])

    def stream_table(self, link: int) -> StreamTable:
        """The compiled streams of a link, by its number."""
        return StreamTable(self._core, self.index, link)

    def wake(self) -> None:
        """Something changed outside of a look: look again soon, and say it anew."""
        self.attention.wake()
        self._core.stale(self.index)
        self._battery_watch.wake()
        self._service_at_s[self.index] = 0.0

    @property
    def service_at_s(self) -> float:
        """When the flight core stops for the links again; zero after something changed."""
        at_s: float = self._service_at_s.item(self.index)
        return at_s

    def leave_out(self, seconds: float) -> None:
        """Time goes by that is not simulated: the boot clock stands still, UTC does not."""
        self._left_out_s += seconds
        self._tell_utc()

    def _take_fault(self) -> None:
        """Something goes wrong or is well again; the clock of what is streamed jumps at once."""
        self._tell_utc()
        self.wake()

    def _tell_utc(self) -> None:
        """What is streamed as UTC counts from the simulation's beginning, and what was added."""
        began_s = self._clock.began_utc.timestamp() + self.faults.clock_jump_s + self._left_out_s
        self._core.told["began_unix_us"][self.index] = round(began_s * 1e6)

    def serve_at(self, boot_s: float) -> None:
        """Let the flight core stop for the links again at a boot second."""
        self._service_at_s[self.index] = boot_s

    def look(self) -> bool:
        """A point of the thinking grid that may matter; whether anything was thought."""
        index, boot_s = self.index, self.boot_s
        looks: bool = self._looks.item(index)
        if boot_s >= self._battery_at_s.item(index):
            looks = self._battery_watch.step(boot_s, armed=self._armed_before) or looks
        if looks:
            self._think()
            self.attention.plan(quiet(self), self.state.position)
            self._tell_core()
        return looks

    @property
    def has_news(self) -> bool:
        """Whether a thought left something to be said or done."""
        return bool(self.texts or self.issued or self.reached)

    def catch_up(self) -> None:
        """Look at the last point of the grid if it was passed over: somebody asks what was seen."""
        mind, index = self._core.mind, self.index
        if self.attention.lazy and mind["seen_s"][index] > self.state.now_s:
            self._think()
            self._tell_core()

    def _tell_core(self) -> None:
        """Hand the flight core what was decided."""
        core, index = self._core, self.index
        before = self.flight.triplet
        self.flight.fly(self.navigator.triplet)
        # Terminated or killed, it has its motors off, though it counts as armed.
        stopped = self.mode is Px4Mode.TERMINATION or self.commander.pilot.killed
        self.flight.arm(self.commander.armed and not stopped)
        if self.texts or self.issued:
            self.attention.wake()
        elif self.reached or before is not self.flight.triplet:
            self.attention.wake(TURNED_LOOKS)
        core.told["alive"][index] = self.commander.alive
        core.told["home_d"][index] = self.state.home.d
        core.told["ready"][index] = self.commander.ready
        estimate = self.estimate
        core.told["gps_error"][index] = estimate.gps_error
        core.told["fix_type"][index] = estimate.fix_type
        core.told["satellites"][index] = estimate.satellites
        core.stale(index)

    def _think(self) -> None:
        if self.parameters.revision != self._parameters_seen:
            self._apply_parameters()
        self._observe()
        self.modes.observe(self._facts)
        self.commander.step(self._facts, self.state.now_s)
        self.state.armed = self.commander.armed
        if self.commander.armed and not self._armed_before:
            self.navigator.rearmed()
            self._battery_watch.armed(self.state.now_s)
        elif self._armed_before and not self.commander.armed:
            self._battery_watch.disarmed(self.state.now_s)
        self._armed_before = self.commander.armed
        self._keep_home()
        self._navigate()

    def reboot(self, booted_at_s: float) -> None:
        """Begin anew in mind, where the body is: what is in memory goes, what is stored stays."""
        self._booted_at_s = booted_at_s
        self._battery_watch.begin()
        self._core.reboot(self.index, booted_at_s)
        self.texts.clear()
        self.reached.clear()
        self.issued.clear()
        values = self.parameters.values
        reported, renew = self.gimbal.reported, self.gimbal.renew
        pitch = math.radians(self.config.gimbal_pitch_deg)
        self.gimbal = GimbalManager(pitch=pitch, values=values)
        self.gimbal.reported, self.gimbal.renew = reported, renew
        self.commander = Commander(values, self.random, self.say)
        self.remote_id = RemoteId(self.config.system_id)
        self.state.armed = self._armed_before = False
        self.navigator = Navigator(self.state, values)
        self.missions = MissionStore(self.plans, self.navigator, stored=True)
        self.missions.limit(values)
        self._facts = CommanderFacts()
        self.modes = self._desk()

    def _apply_parameters(self) -> None:
        self._parameters_seen = self.parameters.revision
        values = self.parameters.values
        settings = FlightSettings.from_parameters(values)
        self.state.settings = settings
        self.flight.apply(settings)
        self.battery.apply(values)
        self.missions.limit(values)

    def _observe(self) -> None:
        seen, index, state = self._core.mind, self.index, self.state
        state.now_s = float(seen["seen_s"][index])
        state.position = Ned(*seen["seen_position"][index].tolist())
        state.velocity = Ned(*seen["seen_velocity"][index].tolist())
        state.yaw = float(seen["seen_yaw"][index])
        state.landed = bool(seen["seen_landed"][index])
        state.maybe_landed = bool(seen["seen_maybe_landed"][index])
        state.flying = bool(seen["seen_flying"][index])
        facts = self._facts
        facts.landed, facts.maybe_landed = state.landed, state.maybe_landed
        facts.battery = self.battery.state

    def _keep_home(self) -> None:
        if not self.commander.home_wanted:
            return
        self.commander.home_wanted = False
        if self.landed or self.commander.armed:
            # PX4's estimate wanders by centimetres, and home with it.
            gauss, here = self._home_random.gauss, self.flight.belief.position
            n, e, d = (place + gauss(0.0, HOME_DEVIATION_M) for place in here)
            self.set_home(Ned(n, e, d))

    def set_home(self, place: Ned) -> None:
        """Make a place home, with the present heading."""
        self.state.home = place
        self.state.home_yaw = self.flight.body.yaw

    def _navigate(self) -> None:
        navigator, commander = self.navigator, self.commander
        self.missions.step(self.parameters, self.state.now_s, home=commander.ready)
        mode = commander.mode
        if navigator.mode is not mode and not navigator.lands_already(mode):
            # PX4's navigator enters a mode in one of its loops and flies it from the next on.
            navigator.switch(mode)
        else:
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
        if self.mode in (Px4Mode.TAKEOFF, Px4Mode.MISSION):
            self.commander.mode_completed(self.mode)

    def change_speed(self, speed_m_s: float) -> None:
        """Fly at a speed until the mode changes; below zero is the default speed."""
        self.navigator.change_speed(speed_m_s)

    def look_at(self, place: Ned | None) -> None:
        """Aim gimbal and, in a mission, heading at a place; None looks ahead."""
        self.state.region_of_interest = place
        self.gimbal.look_at(place)

    def pose(self, now_s: float) -> VehiclePose:
        """Truth at a virtual second, but never more than a step from the last one simulated."""
        step_s = self.config.step_s
        ahead_s = min(max(now_s - self._booted_at_s - self.boot_s, -step_s), step_s)
        since_s = self._booted_at_s + self.boot_s + ahead_s + self._left_out_s
        return pose_of(self, ahead_s=ahead_s, utc=utc_at(self._clock, since_s))

    def unix_us(self) -> int:
        """UTC now, microseconds since 1970, as SYSTEM_TIME carries it."""
        began_us: int = self._core.told["began_unix_us"].item(self.index)
        return began_us + round((self._booted_at_s + self.boot_s) * 1e6)
