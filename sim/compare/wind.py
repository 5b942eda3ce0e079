"""The wind that a multirotor's lean tells of.

SIH drags with a force linear in the speed through the air: F = -KDV (v - w). With thrust along the
body's up axis and both velocity and attitude recorded, w = v + (m a - T) / KDV, averaged in flight.
Source: PX4-Autopilot v1.17, src/modules/simulation/simulator_sih/sih.cpp (generate_aerodynamics).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.compare.tlog import Frame
from sim.vehicle.control import GRAVITY_M_S2

FROM_HEIGHT_M = 2.0
STILL_AIR_M_S = 0.35
FEWEST = 100


def learn_wind(
    frames: Sequence[Frame], parameters: Mapping[str, int | float]
) -> tuple[float, float]:
    """Mean wind (towards north, towards east) in m/s; zero where it cannot be told from none."""
    leans = _leans(frames)
    moves = np.array(
        [
            (m.time_boot_ms / 1e3, m.vx, m.vy, m.vz, -m.z)
            for m in (f.message for f in frames if f.message.name == "LOCAL_POSITION_NED")
        ]
    )
    if len(leans) < FEWEST or len(moves) < FEWEST:
        return 0.0, 0.0
    times = moves[:, 0]
    acceleration = np.stack([np.gradient(moves[:, c], times) for c in (1, 2, 3)], axis=1)
    lean_n, lean_e = (np.interp(times, leans[:, 0], leans[:, c]) for c in (1, 2))
    drag, mass = parameters["SIH_KDV"], parameters["SIH_MASS"]
    lift = mass * (GRAVITY_M_S2 - acceleration[:, 2]) - drag * moves[:, 3]
    flying = (moves[:, 4] - moves[0, 4] > FROM_HEIGHT_M) & np.isfinite(acceleration).all(axis=1)
    if np.count_nonzero(flying) < FEWEST:
        return 0.0, 0.0
    north = moves[:, 1] + (mass * acceleration[:, 0] - lift * lean_n) / drag
    east = moves[:, 2] + (mass * acceleration[:, 1] - lift * lean_e) / drag
    wind = float(np.mean(north[flying])), float(np.mean(east[flying]))
    return wind if np.hypot(*wind) >= STILL_AIR_M_S else (0.0, 0.0)


def _leans(frames: Sequence[Frame]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Boot second and the body's up axis, north and east for one up."""
    rows = [
        (m.time_boot_ms / 1e3, m.roll, m.pitch, m.yaw)
        for m in (f.message for f in frames if f.message.name == "ATTITUDE")
    ]
    angles = np.array(rows).reshape(-1, 4)
    roll, pitch, yaw = angles[:, 1], angles[:, 2], angles[:, 3]
    up = np.cos(roll) * np.cos(pitch)
    north = -(np.cos(yaw) * np.sin(pitch) * np.cos(roll) + np.sin(yaw) * np.sin(roll)) / up
    east = -(np.sin(yaw) * np.sin(pitch) * np.cos(roll) - np.cos(yaw) * np.sin(roll)) / up
    return np.stack([angles[:, 0], north, east], axis=1)
