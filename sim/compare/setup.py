"""What a vehicle like the recorded one needs: home, heading, parameters, wind, learnt or told."""

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from missions.errors import BadInput
from sim.compare.flight import ARMED
from sim.compare.tlog import AUTOPILOT, Frame, Log
from sim.compare.wind import learn_wind
from sim.vehicle.config import VehicleConfig
from sim.vehicle.local_frame import Geo
from sim.vehicle.parameters import INT32, px4_defaults
from sim.vehicle.shell import WALL_TIMES
from sim.vehicle.vehicle import COMPANION, GROUND

# PX4 sends these on its companion link only.
COMPANION_ONLY = frozenset(("ODOMETRY", "HIGHRES_IMU"))
GIMBAL = 154
SPED_UP = 1.4
GREATEST_SYSTEM_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person says of a flight that its log does not; None is for what the log tells."""

    parameters: Mapping[str, float] = field(default_factory=dict)
    wind: tuple[float, float] | None = None
    home: Geo | None = None
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The vehicle to fly the log's flight with, and where each fact came from."""

    config: VehicleConfig
    home: Geo
    sources: dict[str, str] = field(default_factory=dict)


def learn_setup(path: Path, log: Log, told: Told) -> Setup:
    """Read the set-up out of a log.

    Raises:
        BadInput: the log begins in flight, has no position, or a parameter told is none of PX4's.
    """
    said = tuple(f for f in log.ours if f.message.component_id == AUTOPILOT)
    _check_begins_on_ground(path, said)
    sources: dict[str, str] = {}
    parameters = _parameters(path, log, said, told, sources)
    home = _home(path, said, told, sources)
    values = px4_defaults() | parameters
    wind = _wind(said, values, told, sources)
    config = VehicleConfig(
        instance=log.system_id - 1,
        drone_id="compared",
        latitude_deg=home.latitude_deg,
        longitude_deg=home.longitude_deg,
        ground_amsl_m=home.height_amsl_m,
        heading_deg=_heading_deg(said),
        streams="px4",
        payload=any(frame.message.component_id == GIMBAL for frame in log.ours),
        wind_north_m_s=wind[0],
        wind_east_m_s=wind[1],
        parameters=parameters,
    )
    return Setup(config=config, home=home, sources=sources)


def link_of(log: Log) -> str:
    """The vehicle's link that a log was recorded on."""
    names = {frame.message.name for frame in log.ours}
    return COMPANION if names & COMPANION_ONLY else GROUND


def _check_begins_on_ground(path: Path, said: tuple[Frame, ...]) -> None:
    beats = [frame for frame in said if frame.message.name == "HEARTBEAT"]
    if not beats:
        raise BadInput(where=str(path), what="holds no heartbeat of the vehicle's autopilot")
    first = beats[0]
    if first.message.base_mode & ARMED:
        what = f"begins in flight: armed already at boot second {first.boot_s:.1f}"
        raise BadInput(where=str(path), what=what)


def _parameters(
    path: Path, log: Log, said: tuple[Frame, ...], told: Told, sources: dict[str, str]
) -> dict[str, int | float]:
    defaults = px4_defaults()
    speed = _speed(log) if told.speed is None else told.speed
    sources["speed"] = f"{speed:g} ({'from the log' if told.speed is None else 'told'})"
    found: dict[str, int | float] = {}
    if speed > 1.0:
        found = {name: math.ceil(defaults[name] * speed) for name in WALL_TIMES}
    beside = _beside(path)
    seen = _seen_parameters(said, log)
    for name, value in [*seen.items(), *beside.items(), *told.parameters.items()]:
        if name not in defaults:
            if name in told.parameters:
                raise BadInput(where=f"--param {name}", what="PX4 has no such parameter")
            continue
        found[name] = int(value) if isinstance(defaults[name], int) else float(value)
    changed = {n: v for n, v in found.items() if not math.isclose(v, defaults[n], rel_tol=1e-6)}
    sources["parameters"] = ", ".join(f"{n}={v:g}" for n, v in changed.items()) or "PX4's"
    return changed


def _seen_parameters(said: tuple[Frame, ...], log: Log) -> dict[str, float]:
    """Values that the vehicle told before a ground station set them."""
    set_at: dict[str, float] = {}
    for frame in log.theirs:
        if frame.message.name == "PARAM_SET":
            set_at.setdefault(frame.message.param_id, frame.boot_s)
    seen: dict[str, float] = {}
    for frame in said:
        message = frame.message
        if message.name != "PARAM_VALUE" or message.param_id in seen:
            continue
        if frame.boot_s > set_at.get(message.param_id, math.inf):
            continue
        seen[message.param_id] = _value(message.param_value, message.param_type)
    return seen


def _value(wire: float, kind: int) -> float:
    if kind != INT32:
        return wire
    number: int = struct.unpack("<i", struct.pack("<f", wire))[0]
    return number


def _beside(path: Path) -> dict[str, float]:
    """`params` of the JSON file that a recording may have beside it."""
    sheet = path.with_name(path.name.split(".")[0] + ".json")
    if not sheet.is_file():
        return {}
    try:
        data = json.loads(sheet.read_text(encoding="utf-8"))
        return {str(name): float(value) for name, value in dict(data.get("params", {})).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput(where=str(sheet), what=f"its params cannot be read: {error}") from None


def _speed(log: Log) -> float:
    """Boot seconds a wall second: a whole factor, 1 where the machine only kept up badly."""
    first, last = log.frames[0], log.frames[-1]
    ratio = (last.boot_s - first.boot_s) / max(last.wall_s - first.wall_s, 1e-3)
    return float(round(ratio)) if ratio > SPED_UP else 1.0


def _home(path: Path, said: tuple[Frame, ...], told: Told, sources: dict[str, str]) -> Geo:
    if told.home is not None:
        sources["home"] = "told"
        return told.home
    armed_s = next((f.boot_s for f in said if _armed(f)), math.inf)
    places = [
        (m.lat / 1e7, m.lon / 1e7, m.alt / 1e3)
        for f in said
        if (m := f.message).name == "GLOBAL_POSITION_INT" and f.boot_s <= armed_s and m.lat != 0
    ]
    if not places:
        raise BadInput(where=str(path), what="holds no position before the take-off")
    sources["home"] = "where the vehicle stood before arming"
    return Geo(*(float(value) for value in np.median(np.array(places), axis=0)))


def _armed(frame: Frame) -> bool:
    return frame.message.name == "HEARTBEAT" and bool(frame.message.base_mode & ARMED)


def _heading_deg(said: tuple[Frame, ...]) -> float:
    armed_s = next((f.boot_s for f in said if _armed(f)), math.inf)
    yaws = [f.message.yaw for f in said if f.message.name == "ATTITUDE" and f.boot_s <= armed_s]
    return math.degrees(yaws[-1]) if yaws else 0.0


def _wind(
    said: tuple[Frame, ...],
    values: Mapping[str, int | float],
    told: Told,
    sources: dict[str, str],
) -> tuple[float, float]:
    """Wind besides SIH_WIND_N and SIH_WIND_E, which the vehicle's own parameters bring."""
    # PX4's parameters say where the wind comes from, ours where it goes.
    known = -float(values["SIH_WIND_N"]), -float(values["SIH_WIND_E"])
    if told.wind is not None:
        sources["wind"] = "told"
        return told.wind[0] - known[0], told.wind[1] - known[1]
    if any(known):
        sources["wind"] = "SIH_WIND_N, SIH_WIND_E"
        return 0.0, 0.0
    wind = learn_wind(said, values)
    sources["wind"] = (
        f"{wind[0]:.2f} m/s to north, {wind[1]:.2f} m/s to east, by the lean in flight"
    )
    return wind
