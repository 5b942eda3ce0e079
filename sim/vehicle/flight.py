"""One airframe with its flight stack: guidance, control, body and land detector, step by step."""

import math

from sim.vehicle.control import (
    NO_THRUST,
    PositionController,
    TakeoffRamp,
    TakeoffState,
    ThrustCommand,
)
from sim.vehicle.dynamics import Airframe, Body
from sim.vehicle.guidance import Guidance, Leg, MovingSetpoint, Triplet
from sim.vehicle.hover_estimate import HoverEstimate
from sim.vehicle.land_detector import LandDetector
from sim.vehicle.settings import FlightSettings

IDLE_THRUST = 0.001


class Flight:
    """Flies a triplet; `step` is the one call that moves anything."""

    def __init__(self, settings: FlightSettings, airframe: Airframe, *, yaw: float) -> None:
        self.settings = settings
        self.body = Body(airframe, yaw=yaw)
        self.guidance = Guidance(settings)
        self.controller = PositionController(settings)
        self.ramp = TakeoffRamp()
        self.hover = HoverEstimate(settings.hover_thrust)
        self.land = LandDetector()
        self.setpoint: MovingSetpoint | None = None
        self.command = NO_THRUST
        self.leg = Leg.IDLE

    def apply(self, settings: FlightSettings) -> None:
        """Take changed parameters into use."""
        self.settings = settings
        self.guidance.apply(settings)
        self.controller.settings = settings

    @property
    def flying(self) -> bool:
        """Whether the take-off ramp is over."""
        return self.ramp.state is TakeoffState.FLIGHT

    def step(self, triplet: Triplet, *, armed: bool, dt_s: float) -> None:
        """Move on by `dt_s` seconds toward the triplet's target."""
        body = self.body
        if not armed and body.grounded and self.land.landed:
            self._rest(triplet)
            return
        setpoint = self._guide(triplet, dt_s)
        self.ramp.step(
            self.settings,
            armed=armed,
            landed=self.land.landed,
            wants_takeoff=setpoint.wants_takeoff,
            dt_s=dt_s,
        )
        self.command = self._control(setpoint, armed=armed, dt_s=dt_s)
        body.step(self.command, yaw=self.guidance.yaw, dt_s=dt_s)
        self._estimate_hover(dt_s)
        self._detect_landing(setpoint, armed=armed, dt_s=dt_s)

    def _rest(self, triplet: Triplet) -> None:
        self.leg = triplet.leg
        self.setpoint = None
        self.command = NO_THRUST
        self.body.thrust = 0.0
        self.body.lean_n = self.body.lean_e = 0.0
        self.guidance.rest(self.body.position, self.body.yaw)
        self.ramp.disarm()
        self.hover.reset()

    def _guide(self, triplet: Triplet, dt_s: float) -> MovingSetpoint:
        body = self.body
        setpoint = self.guidance.step(
            triplet,
            position=body.position,
            velocity=body.velocity,
            yaw=body.yaw,
            height_above_ground_m=body.height_above_ground_m,
            in_flight=self.flying,
            dt_s=dt_s,
        )
        if self.ramp.state < TakeoffState.RAMP_UP:
            self.guidance.rest(body.position, body.yaw)
        self.setpoint, self.leg = setpoint, triplet.leg
        return setpoint

    def _control(self, setpoint: MovingSetpoint, *, armed: bool, dt_s: float) -> ThrustCommand:
        body, control, state = self.body, self.controller, self.ramp.state
        flying = state is TakeoffState.FLIGHT
        if not flying:
            control.hover_thrust = self.settings.hover_thrust
        elif self.hover.value is not None:
            control.learn_hover(self.hover.value)
        control.measure(body.velocity, dt_s)
        if not armed:
            return NO_THRUST
        waiting = state < TakeoffState.RAMP_UP or (flying and self.land.ground_contact)
        if waiting or setpoint.thrust_off:
            control.rest()
            least = self.settings.min_thrust if flying else IDLE_THRUST
            return ThrustCommand(north=0.0, east=0.0, down=-least)
        return control.command(
            setpoint,
            position=body.position,
            velocity=body.velocity,
            climb_limit=self.ramp.climb_limit(self.settings, self.settings.max_climb_speed_m_s),
            flying=flying,
            feed_forward_down=flying,
            dt_s=dt_s,
        )

    def _estimate_hover(self, dt_s: float) -> None:
        body = self.body
        v = body.velocity
        self.hover.step(
            climb_acceleration=-body.acceleration.d,
            lift=self.command.collective * body.upright,
            climb_m_s=v.d,
            speed_m_s=math.hypot(v.n, v.e),
            height_above_ground_m=body.height_above_ground_m,
            landed=self.land.landed,
            dt_s=dt_s,
        )

    def _detect_landing(self, setpoint: MovingSetpoint, *, armed: bool, dt_s: float) -> None:
        velocity = self.body.velocity
        self.land.step(
            self.settings,
            armed=armed,
            thrust=self.command.collective,
            hover_thrust=self.controller.hover_thrust,
            sink_m_s=velocity.d,
            drift_m_s=math.hypot(velocity.n, velocity.e),
            descent_wanted_m_s=None if setpoint.thrust_off else setpoint.velocity.d,
            height_above_ground_m=self.body.height_above_ground_m,
            dt_s=dt_s,
        )
