"""One airframe with its flight stack, as the rest of the vehicle sees it: views of its record.

The flying itself is compiled: see `sim.vehicle.core`.
"""

import math
from collections.abc import Sequence

from sim.vehicle.control import TakeoffState, ThrustCommand
from sim.vehicle.core import layout, stepping
from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.disturbances import Disturbances
from sim.vehicle.dynamics import Airframe, Belief, Body
from sim.vehicle.guidance import NO_AXES, Axes, Leg, MovingSetpoint, OffboardSetpoint, Triplet
from sim.vehicle.settings import FlightSettings
from sim.vehicle.trajectory import Ned

LEGS = tuple(Leg)
NOWHERE = (math.nan, math.nan, math.nan)
LEVEL = (1.0, 0.0, 0.0, 0.0)
NOTHING = OffboardSetpoint()


class Flight:
    """Flies the triplet that it was given last."""

    def __init__(
        self,
        settings: FlightSettings,
        airframe: Airframe,
        *,
        yaw: float,
        step_s: float = 0.02,
        seed: int = 0,
        core: FleetCore | None = None,
    ) -> None:
        self.core = core or FleetCore()
        self.index = self.core.take()
        self.settings = settings
        self.body = Body(self.core, self.index)
        self.belief = Belief(self.core, self.index)
        self.disturbances = Disturbances(self.core, self.index)
        self.land = LandState(self.core, self.index)
        self.guidance = HeadingState(self.core, self.index)
        self.triplet: Triplet | None = None
        self._craft = self.core.craft
        self._set_up(airframe, yaw=yaw, step_s=step_s, seed=seed)

    def _set_up(self, airframe: Airframe, *, yaw: float, step_s: float, seed: int) -> None:
        for name, value in {
            "yaw": yaw,
            "step_s": step_s,
            "random": seed,
            "mass_kg": airframe.mass_kg,
            "max_thrust_n": airframe.max_thrust_n,
            "drag_n_per_m_s": airframe.drag_n_per_m_s,
            "motor_lag_s": airframe.motor_lag_s,
            "reference_rad_s": airframe.reference_rad_s,
            "inertia": airframe.inertia_kg_m2,
            "arm_roll_m": airframe.arm_roll_m,
            "arm_pitch_m": airframe.arm_pitch_m,
            "most_torque_nm": airframe.most_torque_nm,
            "spin_drag": airframe.spin_drag,
            **airframe.shares(step_s),
        }.items():
            self._craft[name][self.index] = value
        self.core.set_settings(self.index, self.settings)
        stepping.set_up(*self.core.records(self.index))

    def apply(self, settings: FlightSettings) -> None:
        """Take changed parameters into use."""
        self.settings = settings
        self.core.set_settings(self.index, settings)
        stepping.take_settings(self.core.axes[self.index], self.core.settings[self.index])

    @property
    def leg(self) -> Leg:
        """What is flown."""
        return Leg.IDLE if self.triplet is None else self.triplet.leg

    @property
    def boot_s(self) -> float:
        """The boot second that it has been simulated to."""
        return float(self._craft["boot_s"][self.index])

    @property
    def flying(self) -> bool:
        """Whether the take-off ramp is over."""
        return int(self._craft["ramp"][self.index]) == layout.FLIGHT

    @property
    def takeoff(self) -> TakeoffState:
        """The stage between disarmed and free flight."""
        return TakeoffState(int(self._craft["ramp"][self.index]))

    @property
    def command(self) -> ThrustCommand:
        """The thrust that the controller asks for."""
        return ThrustCommand(*self._craft["command"][self.index].tolist())

    @property
    def setpoint(self) -> MovingSetpoint | None:
        """What the controller tracks now; None at rest."""
        if not self._craft["has_setpoint"][self.index]:
            return None
        north, east, down = self._craft["setpoint_position"][self.index].tolist()
        return MovingSetpoint(
            position=(_given(north), _given(east), _given(down)),
            velocity=Ned(*self._craft["setpoint_velocity"][self.index].tolist()),
            acceleration=Ned(*self._craft["setpoint_acceleration"][self.index].tolist()),
            thrust_off=bool(self._craft["thrust_off"][self.index]),
            wants_takeoff=bool(self._craft["wants_takeoff"][self.index]),
        )

    @property
    def controlled(self) -> MovingSetpoint | None:
        """What the controller asks for, its corrections included; None while it asks nothing."""
        setpoint = self.setpoint
        if setpoint is None or not self._craft["controls"][self.index]:
            return None
        return setpoint._replace(
            velocity=Ned(*self._craft["corrected_velocity"][self.index].tolist()),
            acceleration=Ned(*self._craft["corrected_acceleration"][self.index].tolist()),
        )

    def arm(self, armed: bool) -> None:
        """Say whether motors may turn."""
        self._craft["armed"][self.index] = armed

    def fly(self, triplet: Triplet) -> None:
        """Fly another triplet from the next step on."""
        if self.triplet is triplet:
            return
        self.triplet = triplet
        asked = triplet.offboard or NOTHING
        self.core.target[self.index] = (
            LEGS.index(triplet.leg),
            triplet.current,
            triplet.previous or NOWHERE,
            triplet.following or NOWHERE,
            _number(triplet.yaw),
            triplet.acceptance_m,
            triplet.cruise_m_s,
            triplet.orbit_radius_m,
            triplet.orbit_speed_m_s,
            int(triplet.orbit_yaw_behaviour),
            _numbers(asked.position),
            _numbers(asked.velocity),
            _numbers(asked.acceleration),
            _number(asked.yaw),
            _number(asked.yaw_rate),
            asked.attitude or LEVEL,
            _numbers(asked.rates),
            asked.thrust,
        )
        if triplet.leg is Leg.ORBIT:
            self._craft["orbit_asked"][self.index] = True

    def move_sticks(self, *, forward: float, right: float, clockwise: float, up: float) -> None:
        """Where the sticks are, each from -1 to 1; they count in a leg that is flown by them."""
        self._craft["stick"][self.index] = forward, right, clockwise, up
        self._craft["sticks_s"][self.index] = self.boot_s

    def hear_companion(self) -> None:
        """A setpoint came in, be it the same as before."""
        self._craft["companion_s"][self.index] = self.boot_s


class LandState:
    """What the land detector holds."""

    def __init__(self, core: FleetCore, index: int) -> None:
        self._craft, self._index = core.craft, index

    @property
    def ground_contact(self) -> bool:
        """Whether it touches the ground."""
        return bool(self._craft["ground_contact"][self._index])

    @property
    def maybe_landed(self) -> bool:
        """Whether it may have landed."""
        return bool(self._craft["maybe_landed"][self._index])

    @property
    def landed(self) -> bool:
        """Whether it is on the ground."""
        return bool(self._craft["landed"][self._index])


class HeadingState:
    """The heading that guidance wants now."""

    def __init__(self, core: FleetCore, index: int) -> None:
        self._craft, self._index = core.craft, index

    @property
    def yaw(self) -> float:
        """Radians."""
        return float(self._craft["yaw_wanted"][self._index])

    @property
    def yaw_rate(self) -> float:
        """Radians a second."""
        return float(self._craft["yaw_rate_wanted"][self._index])


def _given(value: float) -> float | None:
    return None if math.isnan(value) else value


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _numbers(values: Axes) -> Sequence[float]:
    return NOWHERE if values is NO_AXES else tuple(map(_number, values))
