"""What a vehicle last said of itself, folded from its messages. Pure: values in, values out."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ground_station.hub.vehicles_port import DroneName, HomeView, VehicleView
from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import Px4Mode, px4_mode

ARMED_FLAG = 128
LANDED_ON_GROUND = 1
NO_HEADING = 65535
NO_MISSION_TOTAL = 65535
NO_VOLTAGE = 65535
MISSION_STATE_NONE = 1
PREARM_HEALTHY = 1 << 28
YEAR_2100_US = 4_102_444_800_000_000
LINK_SILENT_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitSeen:
    """ORBIT_EXECUTION_STATUS: radius in metres, clockwise positive; degrees."""

    radius_m: float
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GpsSeen:
    """GPS_RAW_INT: `fix_type` is GPS_FIX_TYPE (3: three-dimensional); accuracy None: not said."""

    fix_type: int
    satellites: int
    accuracy_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatterySeen:
    """BATTERY_STATUS; `charge_state` is MAV_BATTERY_CHARGE_STATE (1: ok, from 2: low and worse)."""

    voltage_v: float | None
    cells_v: tuple[float, ...]
    current_a: float | None
    time_remaining_s: float | None
    charge_state: int
    faults: int


@dataclass(slots=True)
class VehicleState:
    """The newest of each fact. Degrees, metres, radians clockwise from north; None: not said.

    Source of fields: https://mavlink.io/en/messages/common.html.
    """

    system_id: int
    heard_at_s: float = -math.inf
    mav_type: int | None = None
    mode: Px4Mode | None = None
    armed: bool | None = None
    landed: bool | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    height_amsl_m: float | None = None
    height_above_home_m: float | None = None
    heading_rad: float | None = None
    ground_speed_m_s: float | None = None
    battery_remaining: float | None = None
    mission_current: int | None = None
    mission_total: int | None = None
    mission_state: int | None = None
    mission_hash: int | None = None
    fence_hash: int | None = None
    rally_hash: int | None = None
    last_reached: int | None = None
    ready_to_arm: bool | None = None
    landed_state: int | None = None
    system_status: int | None = None
    intended_mode: Px4Mode | None = None
    sensors: tuple[int, int, int] | None = None
    orbit: OrbitSeen | None = None
    gps: GpsSeen | None = None
    estimator_flags: int | None = None
    estimator_accuracy_m: tuple[float, float] | None = None
    battery: BatterySeen | None = None
    wind_north_east_m_s: tuple[float, float] | None = None
    radio: tuple[int, int] | None = None
    firmware: int | None = None
    climb_m_s: float | None = None
    home: HomeView | None = None
    boot_s: float | None = None
    utc_at_boot: datetime | None = field(default=None)

    def receive(self, message: Message, now_s: float) -> None:
        """Fold one message of this vehicle in."""
        self.heard_at_s = now_s
        fold = FOLDS.get(message.name)
        if fold is not None:
            fold(self, message)

    def linked(self, now_s: float) -> bool:
        """Whether the vehicle was heard lately."""
        return now_s - self.heard_at_s <= LINK_SILENT_S

    @property
    def utc(self) -> datetime | None:
        """The vehicle's own time at its newest position, once it has said what time it is."""
        if self.utc_at_boot is None or self.boot_s is None:
            return None
        return self.utc_at_boot + timedelta(seconds=self.boot_s)

    def view(self, *, name: DroneName, plan_proven: bool, now_s: float) -> VehicleView:
        """The state as the hub tells it."""
        return VehicleView(
            system_id=self.system_id,
            drone_id=name.drone_id,
            name=name.name,
            linked=self.linked(now_s),
            mode=None if self.mode is None else self.mode.value,
            armed=self.armed,
            landed=self.landed,
            latitude_deg=self.latitude_deg,
            longitude_deg=self.longitude_deg,
            height_amsl_m=self.height_amsl_m,
            height_above_home_m=self.height_above_home_m,
            heading_rad=self.heading_rad,
            ground_speed_m_s=self.ground_speed_m_s,
            battery_remaining=self.battery_remaining,
            mission_current=self.mission_current,
            mission_total=self.mission_total,
            mission_hash=self.mission_hash,
            plan_proven=plan_proven,
            last_heard_s_ago=max(0.0, now_s - self.heard_at_s),
            home=self.home,
        )


def _heartbeat(state: VehicleState, message: Message) -> None:
    state.mav_type = message["type"]
    state.mode = px4_mode(message["custom_mode"])
    state.armed = bool(message["base_mode"] & ARMED_FLAG)
    state.system_status = message["system_status"]


def _position(state: VehicleState, message: Message) -> None:
    state.latitude_deg = message["lat"] * 1e-7
    state.longitude_deg = message["lon"] * 1e-7
    state.height_amsl_m = message["alt"] * 1e-3
    state.height_above_home_m = message["relative_alt"] * 1e-3
    state.climb_m_s = -message["vz"] * 1e-2
    state.ground_speed_m_s = math.hypot(message["vx"], message["vy"]) * 1e-2
    if message["hdg"] != NO_HEADING:
        state.heading_rad = math.radians(message["hdg"] * 1e-2)
    state.boot_s = message["time_boot_ms"] * 1e-3


def _landed(state: VehicleState, message: Message) -> None:
    state.landed = message["landed_state"] == LANDED_ON_GROUND
    state.landed_state = message["landed_state"]


def _battery(state: VehicleState, message: Message) -> None:
    remaining = message["battery_remaining"]
    state.battery_remaining = remaining / 100.0 if 0 <= remaining <= 100 else None
    cells = tuple(
        each * 1e-3
        for each in (*message["voltages"], *message["voltages_ext"])
        if 0 < each < NO_VOLTAGE
    )
    current = message["current_battery"]
    state.battery = BatterySeen(
        voltage_v=sum(cells) if cells else None,
        cells_v=cells,
        current_a=current * 1e-2 if current > 0 else None,
        time_remaining_s=float(message["time_remaining"]) or None,
        charge_state=message["charge_state"],
        faults=message["fault_bitmask"],
    )


def _health(state: VehicleState, message: Message) -> None:
    state.ready_to_arm = bool(message["onboard_control_sensors_health"] & PREARM_HEALTHY)
    state.sensors = (
        message["onboard_control_sensors_present"],
        message["onboard_control_sensors_enabled"],
        message["onboard_control_sensors_health"],
    )


def _mission(state: VehicleState, message: Message) -> None:
    state.mission_current = message["seq"]
    state.mission_total = 0 if message["total"] == NO_MISSION_TOTAL else message["total"]
    state.mission_state = message["mission_state"]
    state.mission_hash = message["mission_id"]
    state.fence_hash = message["fence_id"]
    state.rally_hash = message["rally_points_id"]


def _reached(state: VehicleState, message: Message) -> None:
    state.last_reached = message["seq"]


def _home(state: VehicleState, message: Message) -> None:
    state.home = HomeView(
        latitude_deg=message["latitude"] * 1e-7,
        longitude_deg=message["longitude"] * 1e-7,
        height_amsl_m=message["altitude"] * 1e-3,
    )


def _time(state: VehicleState, message: Message) -> None:
    # A clock that was never set, or one that damage has thrown beyond any calendar, says nothing.
    if 0 < message["time_unix_usec"] < YEAR_2100_US:
        at_boot_s = message["time_unix_usec"] * 1e-6 - message["time_boot_ms"] * 1e-3
        state.utc_at_boot = datetime.fromtimestamp(at_boot_s, tz=UTC)


def _current_mode(state: VehicleState, message: Message) -> None:
    state.intended_mode = px4_mode(message["intended_custom_mode"])


def _orbit(state: VehicleState, message: Message) -> None:
    state.orbit = OrbitSeen(
        radius_m=message["radius"],
        latitude_deg=message["x"] * 1e-7,
        longitude_deg=message["y"] * 1e-7,
    )


def _gps(state: VehicleState, message: Message) -> None:
    accuracy_mm = message["h_acc"]
    state.gps = GpsSeen(
        fix_type=message["fix_type"],
        satellites=message["satellites_visible"],
        accuracy_m=accuracy_mm * 1e-3 if accuracy_mm > 0 else None,
    )


def _estimator(state: VehicleState, message: Message) -> None:
    state.estimator_flags = message["flags"]
    state.estimator_accuracy_m = (message["pos_horiz_accuracy"], message["pos_vert_accuracy"])


def _wind(state: VehicleState, message: Message) -> None:
    state.wind_north_east_m_s = (message["wind_x"], message["wind_y"])


def _radio(state: VehicleState, message: Message) -> None:
    state.radio = (message["rssi"], message["remrssi"])


def _version(state: VehicleState, message: Message) -> None:
    state.firmware = message["flight_sw_version"]


FOLDS = {
    "CURRENT_MODE": _current_mode,
    "ORBIT_EXECUTION_STATUS": _orbit,
    "GPS_RAW_INT": _gps,
    "ESTIMATOR_STATUS": _estimator,
    "WIND_COV": _wind,
    "RADIO_STATUS": _radio,
    "AUTOPILOT_VERSION": _version,
    "HEARTBEAT": _heartbeat,
    "GLOBAL_POSITION_INT": _position,
    "EXTENDED_SYS_STATE": _landed,
    "BATTERY_STATUS": _battery,
    "SYS_STATUS": _health,
    "MISSION_CURRENT": _mission,
    "MISSION_ITEM_REACHED": _reached,
    "HOME_POSITION": _home,
    "SYSTEM_TIME": _time,
}
