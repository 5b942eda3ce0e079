"""When PX4 holds a multirotor to be on the ground: three conditions, each for a third of a second.

Source: PX4-Autopilot v1.17, src/modules/land_detector/MulticopterLandDetector.cpp.
"""

from sim.vehicle.settings import FlightSettings

DWELL_S = 1.0 / 3.0
MAX_SINK_M_S = 0.25
MAX_DRIFT_M_S = 1.5
CLOSE_M = 1.0


class LandDetector:
    """Ground contact, then perhaps landed, then landed; lifting off clears all at once."""

    def __init__(self) -> None:
        self.ground_contact = True
        self.maybe_landed = True
        self.landed = True
        self._since = [DWELL_S, DWELL_S, DWELL_S]

    def step(
        self,
        settings: FlightSettings,
        *,
        armed: bool,
        thrust: float,
        hover_thrust: float,
        sink_m_s: float,
        drift_m_s: float,
        descent_wanted_m_s: float | None,
        height_above_ground_m: float,
        dt_s: float,
    ) -> None:
        """Take one control step's facts; `descent_wanted_m_s` is None without a setpoint."""
        room = hover_thrust - settings.min_thrust
        low = thrust <= settings.min_thrust + 0.6 * room
        idle = thrust <= settings.min_thrust + 0.1 * room
        down = descent_wanted_m_s is not None and descent_wanted_m_s >= 1.1 * MAX_SINK_M_S
        if not (self.maybe_landed or self.landed):
            low = low and down
        sink_limit = MAX_SINK_M_S * (2.5 if self.landed else 1.0)
        still = abs(sink_m_s) < sink_limit and drift_m_s < MAX_DRIFT_M_S
        contact = low and still and height_above_ground_m < CLOSE_M
        if armed and not contact and not self.ground_contact:
            self._since[0] = 0.0
            return
        self.ground_contact = self._held(0, not armed or contact, dt_s)
        self.maybe_landed = self._held(1, not armed or (idle and self.ground_contact), dt_s)
        self.landed = self._held(2, not armed or self.maybe_landed, dt_s)

    def _held(self, index: int, condition: bool, dt_s: float) -> bool:
        self._since[index] = self._since[index] + dt_s if condition else 0.0
        return self._since[index] >= DWELL_S
