"""What goes wrong with one simulated vehicle: sensors, motors, battery, weather, clock, computer.

Every fault may begin, change and end at any time; none is on by default and none costs anything
until then. The vehicle's own belief follows from it (see `safety/estimate.py`), so that a drifting
satellite receiver really moves the vehicle. PX4's MAV_CMD_INJECT_FAILURE sets the same faults.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sim.vehicle.trajectory import Ned

NOTHING = Ned(0.0, 0.0, 0.0)
MOTORS = 4
ALL_WORKING = (1.0, 1.0, 1.0, 1.0)


class SensorState(StrEnum):
    """What a sensor delivers."""

    ON = "on"
    OFF = "off"
    STUCK = "stuck"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Wind (where the air moves to, metres a second) and gusts: deviation and time constant."""

    wind_m_s: Ned = NOTHING
    gust_deviation_m_s: float = 0.0
    gust_time_s: float = 2.0


@dataclass(slots=True)
class VehicleFaults:
    """Faults in force. Change them by the methods: they count the change in `revision`.

    Errors are 'measured minus true', in metres, metres a second and radians (north, east, down).
    `battery_remaining` (0..1) is taken once and cleared; so is `reboot_wanted`. `clock_jump_s`
    shifts the vehicle's UTC from then on. `on_change` is called at every change.
    """

    gps: SensorState = SensorState.ON
    gps_drift_m_s: Ned = NOTHING
    gps_offset_m: Ned = NOTHING
    gps_noise_m: float = 0.0
    magnetometer: SensorState = SensorState.ON
    magnetometer_bias: float = 0.0
    barometer: SensorState = SensorState.ON
    barometer_drift_m_s: float = 0.0
    accelerometer: SensorState = SensorState.ON
    gyroscope: SensorState = SensorState.ON
    motor_effectiveness: tuple[float, float, float, float] = ALL_WORKING
    battery: SensorState = SensorState.ON
    battery_drain_factor: float = 1.0
    battery_dead_cells: int = 0
    battery_remaining: float | None = None
    weather: Weather | None = None
    payload_silent: bool = False
    clock_jump_s: float = 0.0
    reboot_wanted: bool = False
    revision: int = 0
    on_change: Callable[[], None] = lambda: None

    def _changed(self) -> None:
        self.revision += 1
        self.on_change()

    @property
    def sensors_faulty(self) -> bool:
        """Whether what the vehicle believes may differ from the truth."""
        return (
            self.gps is not SensorState.ON
            or self.gps_drift_m_s != NOTHING
            or self.gps_offset_m != NOTHING
            or self.gps_noise_m > 0.0
            or self.magnetometer is not SensorState.ON
            or self.magnetometer_bias != 0.0
            or self.barometer is not SensorState.ON
            or self.barometer_drift_m_s != 0.0
            or self.accelerometer is not SensorState.ON
            or self.gyroscope is not SensorState.ON
        )

    def gps_fails(self, state: SensorState) -> None:
        """Turn the satellite receiver off, make it stick or lose its 3D fix (`wrong`)."""
        self.gps = state
        self._changed()

    def gps_drifts(self, drift_m_s: Ned) -> None:
        """Let the measured position wander off at a speed."""
        self.gps_drift_m_s = drift_m_s
        self._changed()

    def gps_jumps(self, offset_m: Ned) -> None:
        """Shift the measured position at once."""
        self.gps_offset_m = offset_m
        self._changed()

    def gps_noisy(self, deviation_m: float) -> None:
        """Let the measured position wander about the true one by a standard deviation."""
        self.gps_noise_m = max(deviation_m, 0.0)
        self._changed()

    def gps_works(self) -> None:
        """End every fault of the satellite receiver."""
        self.gps, self.gps_noise_m = SensorState.ON, 0.0
        self.gps_drift_m_s = self.gps_offset_m = NOTHING
        self._changed()

    def magnetometer_fails(self, state: SensorState) -> None:
        """Turn the compass off or make it stick."""
        self.magnetometer = state
        self._changed()

    def magnetometer_turned(self, bias: float) -> None:
        """Let the compass point off by an angle."""
        self.magnetometer_bias = bias
        self._changed()

    def magnetometer_works(self) -> None:
        """End every fault of the compass."""
        self.magnetometer, self.magnetometer_bias = SensorState.ON, 0.0
        self._changed()

    def barometer_fails(self, state: SensorState) -> None:
        """Turn the barometer off or make it stick."""
        self.barometer = state
        self._changed()

    def barometer_drifts(self, drift_m_s: float) -> None:
        """Let the barometer's height rise (or sink) beside the true one."""
        self.barometer_drift_m_s = drift_m_s
        self._changed()

    def barometer_works(self) -> None:
        """End every fault of the barometer."""
        self.barometer, self.barometer_drift_m_s = SensorState.ON, 0.0
        self._changed()

    def inertial_fails(self, *, accelerometer: SensorState, gyroscope: SensorState) -> None:
        """Turn accelerometer and gyroscope off or on: without either there is no attitude."""
        self.accelerometer, self.gyroscope = accelerometer, gyroscope
        self._changed()

    def motor_works_at(self, number: int, effectiveness: float) -> None:
        """Leave one motor (0 to 3) a share of its thrust.

        Raises: ValueError for another number or a share that is not within 0 to 1.
        """
        if not 0 <= number < MOTORS or not 0.0 <= effectiveness <= 1.0:
            raise ValueError(f"no motor {number} with effectiveness {effectiveness}")
        motors = list(self.motor_effectiveness)
        motors[number] = effectiveness
        self.motor_effectiveness = (motors[0], motors[1], motors[2], motors[3])
        self._changed()

    def battery_fails(self, state: SensorState) -> None:
        """Disconnect the battery's monitor (`off`) or connect it again."""
        self.battery = state
        self._changed()

    def battery_drains(self, factor: float) -> None:
        """Empty the battery this many times as fast."""
        self.battery_drain_factor = max(factor, 0.0)
        self._changed()

    def battery_cells_die(self, count: int) -> None:
        """Let this many cells fall to their empty voltage."""
        self.battery_dead_cells = max(count, 0)
        self._changed()

    def battery_holds(self, remaining: float) -> None:
        """Set the charge now, as a share of a full battery."""
        self.battery_remaining = min(max(remaining, 0.0), 1.0)
        self._changed()

    def weather_turns(self, weather: Weather | None) -> None:
        """Change wind and gusts; None goes back to the configured ones."""
        self.weather = weather
        self._changed()

    def payload_falls_silent(self, silent: bool) -> None:
        """Let gimbal and camera say and hear nothing."""
        self.payload_silent = silent
        self._changed()

    def clock_jumps(self, seconds: float) -> None:
        """Shift the vehicle's clock by some seconds more."""
        self.clock_jump_s += seconds
        self._changed()

    def reboots(self) -> None:
        """Restart the autopilot's computer: motors off, links silent, everything anew."""
        self.reboot_wanted = True
        self._changed()

    def all_end(self) -> None:
        """End every fault that is a state; the clock stays where it jumped to."""
        for name, value in _NO_FAULT.items():
            setattr(self, name, value)
        self._changed()

    def set(self, name: str, state: str, **values: float) -> None:
        """Set a fault by name and state, as scenario files write it; `FAULTS` lists both.

        Raises: ValueError for a name, a state or a value that does not exist.
        """
        kinds = FAULTS.get(name)
        if kinds is None:
            raise ValueError(f"no fault {name!r}; there are: {', '.join(FAULTS)}")
        kind = kinds.get(state)
        if kind is None:
            raise ValueError(f"fault {name!r} knows no {state!r}; it knows: {', '.join(kinds)}")
        missing = set(kind.values) - set(values)
        unknown = set(values) - set(kind.values)
        if missing or unknown:
            wants = ", ".join(kind.values) or "no value"
            raise ValueError(f"fault {name!r} {state!r} takes {wants}")
        kind.apply(self, values)


Apply = Callable[[VehicleFaults, Mapping[str, float]], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a named state of a named fault is set, and the values that it takes."""

    apply: Apply
    values: tuple[str, ...] = ()


def _ned(values: Mapping[str, float], unit: str) -> Ned:
    return Ned(values[f"north_{unit}"], values[f"east_{unit}"], values[f"down_{unit}"])


def _weather(values: Mapping[str, float]) -> Weather:
    return Weather(
        wind_m_s=Ned(values["north_m_s"], values["east_m_s"], 0.0),
        gust_deviation_m_s=values["gust_deviation_m_s"],
        gust_time_s=values["gust_time_s"],
    )


_SPEEDS = ("north_m_s", "east_m_s", "down_m_s")
_METRES = ("north_m", "east_m", "down_m")
_ON, _OFF, _STUCK, _WRONG = SensorState.ON, SensorState.OFF, SensorState.STUCK, SensorState.WRONG
FAULTS: Mapping[str, Mapping[str, Kind]] = {
    "gps": {
        "on": Kind(lambda f, v: f.gps_works()),
        "off": Kind(lambda f, v: f.gps_fails(_OFF)),
        "stuck": Kind(lambda f, v: f.gps_fails(_STUCK)),
        "wrong": Kind(lambda f, v: f.gps_fails(_WRONG)),
        "drift": Kind(lambda f, v: f.gps_drifts(_ned(v, "m_s")), _SPEEDS),
        "offset": Kind(lambda f, v: f.gps_jumps(_ned(v, "m")), _METRES),
        "noise": Kind(lambda f, v: f.gps_noisy(v["deviation_m"]), ("deviation_m",)),
    },
    "magnetometer": {
        "on": Kind(lambda f, v: f.magnetometer_works()),
        "off": Kind(lambda f, v: f.magnetometer_fails(_OFF)),
        "stuck": Kind(lambda f, v: f.magnetometer_fails(_STUCK)),
        "bias": Kind(lambda f, v: f.magnetometer_turned(v["bias"]), ("bias",)),
    },
    "barometer": {
        "on": Kind(lambda f, v: f.barometer_works()),
        "off": Kind(lambda f, v: f.barometer_fails(_OFF)),
        "stuck": Kind(lambda f, v: f.barometer_fails(_STUCK)),
        "drift": Kind(lambda f, v: f.barometer_drifts(v["drift_m_s"]), ("drift_m_s",)),
    },
    "inertial": {
        "on": Kind(lambda f, v: f.inertial_fails(accelerometer=_ON, gyroscope=_ON)),
        "accelerometer off": Kind(lambda f, v: f.inertial_fails(accelerometer=_OFF, gyroscope=_ON)),
        "gyroscope off": Kind(lambda f, v: f.inertial_fails(accelerometer=_ON, gyroscope=_OFF)),
    },
    "motor": {
        "effectiveness": Kind(
            lambda f, v: f.motor_works_at(int(v["number"]), v["effectiveness"]),
            ("number", "effectiveness"),
        ),
        "off": Kind(lambda f, v: f.motor_works_at(int(v["number"]), 0.0), ("number",)),
        "on": Kind(lambda f, v: f.motor_works_at(int(v["number"]), 1.0), ("number",)),
    },
    "battery": {
        "on": Kind(lambda f, v: f.battery_fails(_ON)),
        "off": Kind(lambda f, v: f.battery_fails(_OFF)),
        "drain": Kind(lambda f, v: f.battery_drains(v["factor"]), ("factor",)),
        "dead cells": Kind(lambda f, v: f.battery_cells_die(int(v["count"])), ("count",)),
        "remaining": Kind(lambda f, v: f.battery_holds(v["remaining"]), ("remaining",)),
    },
    "weather": {
        "calm": Kind(lambda f, v: f.weather_turns(Weather())),
        "wind": Kind(
            lambda f, v: f.weather_turns(_weather(v)),
            ("north_m_s", "east_m_s", "gust_deviation_m_s", "gust_time_s"),
        ),
        "as configured": Kind(lambda f, v: f.weather_turns(None)),
    },
    "payload": {
        "silent": Kind(lambda f, v: f.payload_falls_silent(True)),
        "on": Kind(lambda f, v: f.payload_falls_silent(False)),
    },
    "clock": {"jump": Kind(lambda f, v: f.clock_jumps(v["seconds"]), ("seconds",))},
    "computer": {"reboot": Kind(lambda f, v: f.reboots())},
    "everything": {"on": Kind(lambda f, v: f.all_end())},
}
_NO_FAULT = {
    name: getattr(VehicleFaults(), name)
    for name in VehicleFaults.__dataclass_fields__
    if name not in ("revision", "clock_jump_s", "on_change")
}
