"""The track of a wing from waypoint to waypoint, as PX4 guides it, in still air.

PX4 goes on to the next waypoint within a distance of one, or where it has passed it, and follows
the straight line there: it heads for the line the more steeply the further it is off, and turns no
tighter than its radius. Source: PX4-Autopilot v1.17, src/lib/npfg/DirectionalGuidance.cpp and
AirspeedDirectionController.cpp, src/modules/fw_mode_manager/FixedWingModeManager.cpp
(navigateWaypoints), src/modules/navigator/mission_block.cpp (passed_curr_wp).
"""

import math
from dataclasses import dataclass

from missions.vehicle import Vehicle

Spot = tuple[float, float]

# NPFG_PERIOD times NPFG_DAMPING, NPFG_SW_DST_MLT and the gain on the heading, 1/s.
TIME_CONST_S, SWITCH_SHARE, HEADING_GAIN = 7.071, 0.32, 0.8885
STEP_RADII = 0.05
# So near to its line, and so well along it, it flies on straight.
ON_LINE_M, ALONG_RAD = 0.05, 1e-3
ROUNDED_M = 1e-6
# What is not reached after so many radii beside the leg's length is given up.
MOST_RADII = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """How a wing is guided: metres, metres per second."""

    radius_m: float
    speed_m_s: float
    accepted_m: float

    @classmethod
    def of(cls, vehicle: Vehicle, radius_m: float | None = None) -> "Guided":
        """A vehicle at its cruise speed, with its own radius or a given one."""
        speed_m_s = vehicle.cruise_speed_m_s
        return cls(
            radius_m=vehicle.turn_radius_m if radius_m is None else radius_m,
            speed_m_s=speed_m_s,
            accepted_m=max(vehicle.px4.nav_acc_rad_m, SWITCH_SHARE * TIME_CONST_S * speed_m_s),
        )


@dataclass(slots=True)
class WingedTrack:
    """Where a wing is, metres east and north, and its heading counter-clockwise from east."""

    how: Guided
    at: Spot
    heading: float

    def follow(self, start: Spot, end: Spot) -> list[Spot]:
        """The places on the way along a leg until the next is flown to, the first where it was."""
        length = math.dist(start, end)
        spots = [self.at]
        if length <= 0.0:
            return spots
        course = math.atan2(end[1] - start[1], end[0] - start[0])
        step_m = STEP_RADII * self.how.radius_m
        left = math.ceil((length + math.dist(self.at, start)) / step_m + MOST_RADII / STEP_RADII)
        while left > 0 and not self._reached(end, course):
            self._step(start, end, course, step_m)
            spots.append(self.at)
            left -= 1
        return spots

    def _reached(self, end: Spot, course: float) -> bool:
        along, _ = _from(end, course, self.at)
        return along > 0.0 or math.dist(self.at, end) <= self.how.accepted_m + ROUNDED_M

    def _step(self, start: Spot, end: Spot, course: float, step_m: float) -> None:
        along, off = _from(start, course, self.at)
        wanted = course
        if along < 0.0 and math.hypot(along, off) > self.how.accepted_m:
            wanted = math.atan2(start[1] - self.at[1], start[0] - self.at[0])
        elif abs(off) > ON_LINE_M:
            wanted = course - math.copysign(self._lean(off), off)
        error = math.remainder(wanted - self.heading, 2.0 * math.pi)
        if wanted == course and abs(error) < ALONG_RAD:
            step_m = max(step_m, math.dist(self.at, end) - self.how.accepted_m)
        else:
            self.heading += self._turned(error, step_m)
        east, north = math.cos(self.heading), math.sin(self.heading)
        self.at = self.at[0] + step_m * east, self.at[1] + step_m * north

    def _lean(self, off_m: float) -> float:
        """The angle to its line at which it heads for that."""
        off = min(1.0, abs(off_m) / (TIME_CONST_S * self.how.speed_m_s))
        return math.pi / 2.0 * (1.0 - (1.0 - off) ** 2)

    def _turned(self, error: float, step_m: float) -> float:
        pull = 1.0 if abs(error) > math.pi / 2.0 else math.sin(abs(error))
        rate = min(1.0 / self.how.radius_m, HEADING_GAIN * pull / self.how.speed_m_s)
        return math.copysign(min(rate * step_m, abs(error)), error)


def heading_of(a: Spot, b: Spot) -> float:
    """From one place to another, counter-clockwise from east."""
    return math.atan2(b[1] - a[1], b[0] - a[0])


def _from(place: Spot, course: float, at: Spot) -> Spot:
    """How far along a course and to the left of it a place lies from another one."""
    east, north = at[0] - place[0], at[1] - place[1]
    cos, sin = math.cos(course), math.sin(course)
    return east * cos + north * sin, north * cos - east * sin
