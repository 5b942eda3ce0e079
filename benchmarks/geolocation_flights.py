"""Flights whose errors are made apart from what any calibration knows of them.

Nothing here comes from the product but the way a pose is handed over. What is wrong with a flight:
a compass with a constant, a heading-dependent (soft iron) and a wandering error; a camera tilted in
its mount on the airframe; an airframe whose level wanders; a GNSS receiver and a barometer that
wander; pictures that are told late and read row by row; a focal length, a principal point and a
radial distortion that are not as told; boxes off their object by the same in each frame; ground
that slopes and rolls.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

Array = npt.NDArray[np.float64]

HEIGHT_M, PITCH_DEG, SPEED_M_S = 100.0, -45.0, 8.0
WIDTH_PX, ROWS_PX, FIELD_OF_VIEW_DEG = 1920, 1080, 70.0
FOCAL_PX = WIDTH_PX / 2.0 / math.tan(math.radians(FIELD_OF_VIEW_DEG / 2.0))
MIDDLE_PX = np.array([(WIDTH_PX - 1) / 2.0, (ROWS_PX - 1) / 2.0])


class Wander:
    """A value that is drawn about zero and forgets itself over `memory_s` (Ornstein-Uhlenbeck)."""

    def __init__(
        self, rng: np.random.Generator, sigma: float, memory_s: float, size: int = 1
    ) -> None:
        self._rng, self._sigma, self._memory_s = rng, sigma, memory_s
        self.value = rng.normal(0.0, sigma, size)

    def step(self, elapsed_s: float) -> Array:
        """The value after a time."""
        kept = math.exp(-elapsed_s / self._memory_s)
        spread = self._sigma * math.sqrt(1.0 - kept**2)
        self.value = kept * self.value + self._rng.normal(0.0, spread, len(self.value))
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What telemetry says of a frame: east-north-up, metres, and yaw, pitch, roll, radians."""

    t_s: float
    position_m: Array
    attitude_rad: tuple[float, float, float]


class Flight:
    """An orbit about the origin, the camera on its middle; `direction` is 1 or -1."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._start = rng.uniform(0.0, math.tau)
        self._direction = float(rng.choice([-1.0, 1.0]))
        self._compass = math.radians(rng.normal(0.0, 2.8))
        self._soft_iron = math.radians(abs(rng.normal(0.0, 1.2))), rng.uniform(0.0, math.tau)
        self._heading = Wander(rng, math.radians(0.8), 90.0)
        self._mount = Rotation.from_euler("ZYX", rng.normal(0.0, [0.6, 0.9, 0.6]), degrees=True)
        self._level = Wander(rng, math.radians(0.35), 40.0, 2)
        self._shake = Wander(rng, math.radians(0.05), 0.3, 3)
        self._gnss = Wander(rng, 1.6, 150.0, 2)
        self._barometer = Wander(rng, 1.2, 300.0)
        self._height_m = rng.normal(0.0, 1.5)
        self._late_s = rng.uniform(0.02, 0.08)
        self._rows_s = rng.uniform(0.008, 0.025)
        self._focal = 1.0 + rng.normal(0.0, 0.007)
        self._middle = rng.normal(0.0, 5.0, 2)
        self._radial = rng.normal(0.0, 0.004)
        self._slope = rng.normal(0.0, 0.004, 2)
        self._waves = rng.normal(0.0, 0.1, 6), rng.uniform(0.0, math.tau, (6, 2))
        self._last_s = 0.0

    def ground_m(self, en_m: Array) -> Array:
        """The true height of the ground at places (n, 2), about zero."""
        heights, phases = self._waves
        lengths = np.array([25.0, 40.0, 60.0, 35.0, 50.0, 80.0])
        across = math.tau * en_m[:, None, :] / lengths[:, None] + phases
        rolling: Array = np.sum(heights * np.sin(across[..., 0]) * np.cos(across[..., 1]), axis=1)
        return en_m @ self._slope + rolling

    def film(self, t_s: float, points_m: Array) -> tuple[Told, Array]:
        """What is told of the frame at a time, and the pixels (n, 2) of points (n, 3)."""
        elapsed_s, self._last_s = t_s - self._last_s, t_s
        wandered = self._wandered(elapsed_s)
        rows = np.full(len(points_m), MIDDLE_PX[1])
        for _ in range(3):
            pixels = self._projected(t_s, rows, points_m, wandered)
            rows = np.clip(pixels[:, 1], 0.0, ROWS_PX)
        places, headings = self._orbit(np.array([t_s + self._late_s]))
        position, heading = places[0], float(headings[0])
        north, strength = self._compass, self._soft_iron
        north += strength[0] * math.sin(heading + strength[1]) + float(wandered["heading"][0])
        told_position = position + np.append(wandered["gnss"], 0.0)
        told_position[2] += self._height_m + float(wandered["barometer"][0])
        attitude = (heading + north, math.radians(PITCH_DEG), 0.0)
        return Told(t_s=t_s, position_m=told_position, attitude_rad=attitude), pixels

    def _wandered(self, elapsed_s: float) -> dict[str, Array]:
        return {
            "heading": self._heading.step(elapsed_s).copy(),
            "level": self._level.step(elapsed_s).copy(),
            "shake": self._shake.step(elapsed_s).copy(),
            "gnss": self._gnss.step(elapsed_s).copy(),
            "barometer": self._barometer.step(elapsed_s).copy(),
        }

    def _orbit(self, t_s: Array) -> tuple[Array, Array]:
        """Places (n, 3) and headings (n,): the middle of the orbit is ahead."""
        angle = self._start + self._direction * SPEED_M_S / HEIGHT_M * t_s
        place = -HEIGHT_M * np.column_stack((np.sin(angle), np.cos(angle), -np.ones(len(angle))))
        return place, angle

    def _projected(
        self, t_s: float, rows: Array, points_m: Array, wandered: dict[str, Array]
    ) -> Array:
        """Pixels where each row is read at its own time."""
        at_s = t_s + self._rows_s * (rows - MIDDLE_PX[1]) / ROWS_PX
        position, heading = self._orbit(at_s)
        level = np.broadcast_to(wandered["level"], (len(rows), 2))
        airframe = Rotation.from_euler("ZYX", np.column_stack((heading, level)))
        gimbal = Rotation.from_euler("YX", [math.radians(PITCH_DEG), 0.0])
        shake = Rotation.from_rotvec(wandered["shake"])
        camera = airframe * self._mount * gimbal * shake
        east, north, up = (points_m - position).T
        ahead, right, down = camera.inv().apply(np.column_stack((north, east, -up))).T
        plane = np.column_stack((right, down)) / ahead[:, None]
        bent = 1.0 + self._radial * (plane**2).sum(axis=1)
        shown: Array = MIDDLE_PX + self._middle + FOCAL_PX * self._focal * bent[:, None] * plane
        return shown
