"""The quick streams, written straight from the records; what each holds is as `telemetry` has it.

`sim.vehicle.telemetry` and `raw_telemetry` build the same messages field by field; a test holds the
bytes against each other. A kernel puts the values in the order of the wire, which `WRITTEN` names;
where they lie and how is the dialect's business.
"""

import math

import numpy as np

from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from sim.vehicle.core.by_hand import flown_by_hand
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.frames import Bytes, blank, finish, put_4, put_int
from sim.vehicle.core.layout import ATTITUDE, RATES, STICKS_ACRO, Craft, Floats, Told
from sim.vehicle.core.rotation import attitude, quaternion_from_euler

WRITTEN = (
    "ATTITUDE",
    "ATTITUDE_QUATERNION",
    "ATTITUDE_TARGET",
    "LOCAL_POSITION_NED",
    "GLOBAL_POSITION_INT",
    "POSITION_TARGET_LOCAL_NED",
    "SERVO_OUTPUT_RAW",
    "GPS_RAW_INT",
    "VFR_HUD",
    "ALTITUDE",
    "SYSTEM_TIME",
    "HIGHRES_IMU",
    "ODOMETRY",
    "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE",
)
FIELDS_AT_MOST = 128
FLOAT = 9
# So long without an attitude, PX4 tells of rates.
QUIET_S = 0.5
AT_ONCE_S = 1e-6
MOTOR_OFF_US, MOTOR_IDLE_US, MOTOR_RANGE_US = 900, 1000, 1000
SEA_LEVEL_HPA, SCALE_HEIGHT_M = 1013.25, 8434.0
GRAVITY_M_S2 = 9.80665
NAN = math.nan


_SIZES = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4}


def _form(name: str) -> list[tuple[int, int]]:
    """Every value of a message: how it is written (bytes of an integer, or FLOAT) and where."""
    form: list[tuple[int, int]] = []
    at, repeat = 0, ""
    for code in LAYOUT_BY_NAME[name].struct.format[1:]:
        if code.isdigit():
            repeat += code
            continue
        for _ in range(int(repeat or 1)):
            form.append((FLOAT if code == "f" else _SIZES[code], at))
            at += _SIZES[code]
        repeat = ""
    return form


_FORMS = [_form(name) for name in WRITTEN]
IDS = tuple(LAYOUT_BY_NAME[name].id for name in WRITTEN)
SIZES = tuple(LAYOUT_BY_NAME[name].size for name in WRITTEN)
LARGEST = max(SIZES) + 12
ATTITUDE_ASKED = WRITTEN.index("ATTITUDE_TARGET")
PLACE_ASKED = WRITTEN.index("POSITION_TARGET_LOCAL_NED")
COUNTS = tuple(map(len, _FORMS))
# By message and value: how and where.
FORM = np.zeros((len(WRITTEN), max(COUNTS), 2), np.int64)
for _which, _values in enumerate(_FORMS):
    FORM[_which, : len(_values)] = _values


@inner
def write(
    out: Bytes,
    at: int,
    which: int,
    craft: Craft,
    told: Told,
    yaw: float,
    at_s: float,
    values: Floats,
) -> int:
    """Write one message; where its frame ends. `yaw` is the heading at the last thinking."""
    for index in range(COUNTS[which]):
        values[index] = 0.0
    _fill(values, which, craft, told, yaw, at_s)
    payload = blank(out, at, SIZES[which])
    for index in range(COUNTS[which]):
        how, place = FORM[which, index, 0], payload + FORM[which, index, 1]
        if how == FLOAT:
            put_4(out, place, int(np.float32(values[index]).view(np.int32)))
        else:
            put_int(out, place, how, int(values[index]))
    return finish(out, at, SIZES[which], IDS[which], told.system_id)


@inner
def _fill(v: Floats, which: int, craft: Craft, told: Told, yaw: float, at_s: float) -> None:
    if which == 0 or which == 1 or which == 2:
        _attitudes(v, which, craft, at_s)
    elif which == 3:
        _local_position(v, craft, at_s)
    elif which == 4:
        _global_position(v, craft, told, at_s)
    elif which == 5:
        _position_target(v, craft, yaw, at_s)
    elif which == 6:
        _servo_output(v, craft, at_s)
    elif which == 7:
        _gps_raw(v, craft, told, at_s)
    elif which == 8:
        _vfr_hud(v, craft, told)
    elif which == 9:
        _altitude(v, craft, told, at_s)
    elif which == 10:
        v[0] = told.began_unix_us + round((told.booted_at_s + craft.boot_s) * 1e6)
        v[1] = milliseconds(craft.boot_s)
    elif which == 11:
        _highres_imu(v, craft, told, at_s)
    elif which == 12:
        _odometry(v, craft, at_s)
    else:
        _autopilot_state(v, craft, told, at_s)


@inner
def silent(craft: Craft, which: int) -> bool:
    """Whether PX4 has nothing to tell: by hand no place is asked for, armed or not."""
    return which == PLACE_ASKED and flown_by_hand(craft.leg_before)


@inner
def waits(craft: Craft, which: int, sent_s: float) -> bool:
    """Whether PX4 has said all that it was asked by hand: it tells of each attitude once, and,
    where none came for half a second, of each that rates were asked for.

    Source: PX4-Autopilot v1.17, src/modules/mavlink/streams/ATTITUDE_TARGET.hpp.
    """
    if which != ATTITUDE_ASKED:
        return False
    told = heard_s(craft) <= sent_s + AT_ONCE_S
    if craft.leg_before == ATTITUDE:
        return told and craft.boot_s - craft.companion_s <= QUIET_S
    if craft.leg_before == STICKS_ACRO or craft.leg_before == RATES:
        return told or craft.boot_s - craft.told_s <= QUIET_S
    return False


@inner
def heard_s(craft: Craft) -> float:
    """When what is flown by hand was asked for."""
    return float(craft.sticks_s if craft.leg_before == STICKS_ACRO else craft.companion_s)


@inner
def asked_at_s(craft: Craft, which: int, due_s: float) -> float:
    """The time a message is of: of what was asked for, where it had to wait for that."""
    if which == ATTITUDE_ASKED and craft.leg_before in (ATTITUDE, STICKS_ACRO, RATES):
        return max(due_s, heard_s(craft))
    return due_s


@inner
def milliseconds(at_s: float) -> int:
    """Boot time as most messages have it."""
    return int(at_s * 1000.0)


@inner
def microseconds(at_s: float) -> int:
    """Boot time as some messages have it."""
    return int(at_s * 1e6)


@inner
def _put_quaternion(v: Floats, at: int, craft: Craft) -> None:
    roll, pitch = attitude(craft)
    w, x, y, z = quaternion_from_euler(roll, pitch, craft.believed_yaw)
    v[at], v[at + 1], v[at + 2], v[at + 3] = w, x, y, z


@inner
def _collective(craft: Craft) -> float:
    command = craft.command
    return math.sqrt(command[0] ** 2 + command[1] ** 2 + command[2] ** 2)


@inner
def _put_place(v: Floats, at: int, told: Told, north: float, east: float, down: float) -> None:
    """Latitude and longitude in 1e-7 degrees, height in millimetres."""
    v[at] = round((told.latitude_deg + north / told.m_per_deg_north) * 1e7)
    v[at + 1] = round((told.longitude_deg + east / told.m_per_deg_east) * 1e7)
    v[at + 2] = round((told.amsl_m - down) * 1000.0)


@inner
def _attitudes(v: Floats, which: int, craft: Craft, at_s: float) -> None:
    v[0] = milliseconds(at_s)
    if which == 0:
        v[1], v[2] = attitude(craft)
        v[3], v[6] = craft.believed_yaw, craft.yaw_rate
        if craft.torques:
            v[4], v[5] = craft.rates[0], craft.rates[1]
        return
    if which == 2 and (craft.leg_before == STICKS_ACRO or craft.leg_before == RATES):
        _rates_asked(v, craft)
        return
    _put_quaternion(v, 1, craft)
    if which == 1:
        v[7] = craft.yaw_rate
    else:
        v[8] = _collective(craft)


@inner
def _rates_asked(v: Floats, craft: Craft) -> None:
    """ATTITUDE_TARGET by rates alone: PX4 repeats the last attitude, its time and its thrust."""
    v[0], v[8] = milliseconds(craft.told_s), craft.told_thrust
    for index in range(4):
        v[1 + index] = craft.told_attitude[index]
    for index in range(3):
        v[5 + index] = craft.asked_rates[index]


@inner
def keep_told(craft: Craft) -> None:
    """Rates may be asked for from now on: keep what was flown."""
    craft.told_s, craft.told_thrust = craft.boot_s, _collective(craft)
    _put_quaternion(craft.told_attitude, 0, craft)


@inner
def _local_position(v: Floats, craft: Craft, at_s: float) -> None:
    v[0] = milliseconds(at_s)
    for axis in range(3):
        v[1 + axis], v[4 + axis] = craft.believed_position[axis], craft.believed_velocity[axis]


@inner
def _global_position(v: Floats, craft: Craft, told: Told, at_s: float) -> None:
    place = craft.believed_position
    v[0] = milliseconds(at_s)
    _put_place(v, 1, told, place[0], place[1], place[2])
    v[4] = round((told.home_d - place[2]) * 1000.0)
    for axis in range(3):
        v[5 + axis] = round(craft.believed_velocity[axis] * 100.0)
    v[8] = round(math.degrees(craft.believed_yaw) * 100.0) % 36000


@inner
def _position_target(v: Floats, craft: Craft, yaw: float, at_s: float) -> None:
    v[0], v[13] = milliseconds(at_s), 1
    if not craft.has_setpoint or not craft.controls:
        for index in range(1, 7):
            v[index] = NAN
        v[9], v[10], v[12] = 100.0, yaw, 63
        return
    for axis in range(3):
        v[1 + axis] = craft.setpoint_position[axis]
        v[4 + axis] = craft.corrected_velocity[axis]
        v[7 + axis] = craft.corrected_acceleration[axis]
    v[10], v[11] = craft.yaw_wanted, craft.yaw_rate_wanted


@inner
def _servo_output(v: Floats, craft: Craft, at_s: float) -> None:
    running = MOTOR_IDLE_US + round(craft.thrust * MOTOR_RANGE_US)
    v[0] = microseconds(at_s)
    for index in range(4):
        v[1 + index] = running if craft.armed else MOTOR_OFF_US
        v[5 + index] = MOTOR_OFF_US
    for index in range(10, 18):
        v[index] = MOTOR_OFF_US


@inner
def _gps_raw(v: Floats, craft: Craft, told: Told, at_s: float) -> None:
    velocity, place, error = craft.velocity, craft.position, told.gps_error
    v[0] = microseconds(at_s)
    _put_place(v, 1, told, place[0] + error[0], place[1] + error[1], place[2] + error[2])
    v[4], v[5] = 70, 110
    v[6] = round(math.hypot(velocity[0], velocity[1]) * 100.0)
    v[7] = round(math.degrees(math.atan2(velocity[1], velocity[0])) * 100.0) % 36000
    v[8], v[9] = told.fix_type, told.satellites
    v[10], v[11], v[12], v[13] = v[3], 900, 1780, 400


@inner
def _vfr_hud(v: Floats, craft: Craft, told: Told) -> None:
    velocity = craft.believed_velocity
    v[0], v[1] = NAN, math.hypot(velocity[0], velocity[1])
    v[2], v[3] = told.amsl_m - craft.believed_position[2], -velocity[2]
    v[4] = round(math.degrees(craft.believed_yaw)) % 360
    v[5] = round(_collective(craft) * 100.0)


@inner
def _altitude(v: Floats, craft: Craft, told: Told, at_s: float) -> None:
    down = craft.believed_position[2]
    v[0] = microseconds(at_s)
    v[1] = v[2] = told.amsl_m - down
    v[3], v[4], v[5], v[6] = -down, told.home_d - down, -craft.ground_d, craft.ground_d - down


@inner
def _highres_imu(v: Floats, craft: Craft, told: Told, at_s: float) -> None:
    acceleration, amsl_m = craft.acceleration, told.amsl_m - craft.believed_position[2]
    v[0] = microseconds(at_s)
    v[1], v[2], v[3] = acceleration[0], acceleration[1], acceleration[2] - GRAVITY_M_S2
    v[6] = craft.yaw_rate
    v[10] = SEA_LEVEL_HPA * math.exp(-amsl_m / SCALE_HEIGHT_M)
    v[12], v[13], v[14] = amsl_m, 15.0, 0x1FFF


@inner
def _odometry(v: Floats, craft: Craft, at_s: float) -> None:
    velocity = craft.believed_velocity
    cosine, sine = math.cos(craft.believed_yaw), math.sin(craft.believed_yaw)
    v[0] = microseconds(at_s)
    for axis in range(3):
        v[1 + axis] = craft.believed_position[axis]
    _put_quaternion(v, 4, craft)
    v[8] = velocity[0] * cosine + velocity[1] * sine
    v[9] = velocity[1] * cosine - velocity[0] * sine
    v[10], v[13] = velocity[2], craft.yaw_rate
    for index in range(14, 56):
        v[index] = NAN
    v[56], v[57], v[59], v[60] = 1, 12, 8, 100


@inner
def _autopilot_state(v: Floats, craft: Craft, told: Told, at_s: float) -> None:
    v[0] = microseconds(at_s)
    _put_quaternion(v, 1, craft)
    for axis in range(3):
        v[6 + axis] = craft.believed_velocity[axis]
    v[10] = craft.yaw_rate_wanted
    v[11] = 1023 if told.ready else 0
    v[14] = 1 if craft.landed else 2
