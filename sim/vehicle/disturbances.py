"""What the air, the motors and the sensors do to a flight; anyone may change it at any time."""

from collections.abc import Sequence

from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.trajectory import Ned


class Disturbances:
    """A view of one vehicle's record; assignment takes effect with the next physics step.

    `wind_m_s` is where the air moves to (north, east, down); gusts are added to it, an
    Ornstein-Uhlenbeck process by axis of a standard deviation and a time constant. A motor's
    effectiveness is the share of its thrust that is left (order of PX4's quad X: front right, back
    left, front left, back right). Errors are belief minus truth: control flies the belief. Without
    a known position there is no horizontal control, without a known height none of the height.
    """

    def __init__(self, core: FleetCore, index: int) -> None:
        self._craft, self._index = core.craft, index

    def _vector(self, name: str) -> Ned:
        return Ned(*self._craft[name][self._index].tolist())

    def _set(self, name: str, value: float | bool | Sequence[float]) -> None:
        self._craft[name][self._index] = value

    @property
    def wind_m_s(self) -> Ned:
        """Where the air moves to, without gusts."""
        return self._vector("wind")

    @wind_m_s.setter
    def wind_m_s(self, value: Sequence[float]) -> None:
        self._set("wind", value)

    @property
    def gust_m_s(self) -> Ned:
        """The gust of now, on top of the wind."""
        return self._vector("gust")

    @property
    def gust_deviation_m_s(self) -> float:
        """Standard deviation of the gusts; zero for none."""
        return float(self._craft["gust_deviation_m_s"][self._index])

    @gust_deviation_m_s.setter
    def gust_deviation_m_s(self, value: float) -> None:
        self._set("gust_deviation_m_s", value)
        if value <= 0.0:
            self._set("gust", (0.0, 0.0, 0.0))

    @property
    def gust_time_s(self) -> float:
        """How long a gust lasts, about."""
        return float(self._craft["gust_time_s"][self._index])

    @gust_time_s.setter
    def gust_time_s(self, value: float) -> None:
        self._set("gust_time_s", value)

    @property
    def motor_effectiveness(self) -> tuple[float, float, float, float]:
        """The share of each motor's thrust that is left."""
        one, two, three, four = self._craft["motor_effectiveness"][self._index].tolist()
        return one, two, three, four

    @motor_effectiveness.setter
    def motor_effectiveness(self, value: Sequence[float]) -> None:
        self._set("motor_effectiveness", tuple(min(max(share, 0.0), 1.0) for share in value))

    @property
    def position_error_m(self) -> Ned:
        """Believed minus true position."""
        return self._vector("position_error")

    @position_error_m.setter
    def position_error_m(self, value: Sequence[float]) -> None:
        self._set("position_error", value)

    @property
    def velocity_error_m_s(self) -> Ned:
        """Believed minus true velocity."""
        return self._vector("velocity_error")

    @velocity_error_m_s.setter
    def velocity_error_m_s(self, value: Sequence[float]) -> None:
        self._set("velocity_error", value)

    @property
    def yaw_error(self) -> float:
        """Believed minus true heading."""
        return float(self._craft["yaw_error"][self._index])

    @yaw_error.setter
    def yaw_error(self, value: float) -> None:
        self._set("yaw_error", value)

    @property
    def position_known(self) -> bool:
        """Whether there is horizontal control."""
        return bool(self._craft["position_known"][self._index])

    @position_known.setter
    def position_known(self, value: bool) -> None:
        self._set("position_known", value)

    @property
    def height_known(self) -> bool:
        """Whether there is control of the height."""
        return bool(self._craft["height_known"][self._index])

    @height_known.setter
    def height_known(self, value: bool) -> None:
        self._set("height_known", value)
