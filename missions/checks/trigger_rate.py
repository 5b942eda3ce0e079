"""Whether a camera can take pictures as fast as a mission asks it to.

PX4 sends every trigger and asks nobody: a camera that is not ready leaves a picture out.
"""

import math
from dataclasses import dataclass

from missions.camera import CameraModel
from missions.checks.finding import Finding, error
from missions.plan import Command, ComplexItem, MissionItem, Plan
from missions.vehicle import Vehicle

# A trigger within this of what the camera can do is as fast as it can.
ROUNDING = 0.999
MILLISECONDS = 1e-3


def trigger_findings(plan: Plan, vehicle: Vehicle, camera: CameraModel | None) -> list[Finding]:
    """Each item from which on pictures are asked for sooner than the camera can take them.

    The camera is the one given, else the one that a survey of the plan names with its interval.
    """
    asked = _Asked(speed_m_s=vehicle.cruise_speed_m_s)
    found = []
    for index, item in enumerate(plan.items):
        changed = asked.take(item)
        least_s = least_interval_s(plan, index, camera)
        every_s = asked.every_s
        if changed and every_s < least_s * ROUNDING:
            found.append(_too_fast(index, asked, every_s, least_s))
    return found


@dataclass(slots=True)
class _Asked:
    """What is asked of the camera as the list is gone through."""

    speed_m_s: float
    distance_m: float = 0.0
    interval_s: float = 0.0

    def take(self, item: MissionItem) -> bool:
        """One item; whether it changes how often pictures are taken."""
        one, two = item.params[0], item.params[1]
        if item.command == Command.DO_CHANGE_SPEED and two > 0.0:
            self.speed_m_s = two
            return self.distance_m > 0.0
        if item.command == Command.DO_SET_CAM_TRIGG_DIST:
            self.distance_m = one if math.isfinite(one) and one > 0.0 else 0.0
        elif item.command == Command.DO_SET_CAM_TRIGG_INTERVAL:
            self.interval_s = one * MILLISECONDS if one > 0.0 else 0.0
        elif item.command == Command.IMAGE_START_CAPTURE:
            self.interval_s = two if two > 0.0 and item.params[2] != 1.0 else 0.0
        elif item.command == Command.IMAGE_STOP_CAPTURE:
            self.interval_s = 0.0
        else:
            return False
        return True

    @property
    def every_s(self) -> float:
        """Seconds between pictures, infinite where none are taken."""
        by_way = self.distance_m / self.speed_m_s if self.distance_m > 0.0 else math.inf
        return min(by_way, self.interval_s if self.interval_s > 0.0 else math.inf)


def least_interval_s(plan: Plan, index: int, camera: CameraModel | None) -> float:
    """Seconds that the camera of an item needs between pictures; 0 where nobody says."""
    if camera is not None:
        return camera.min_trigger_interval_s
    around = (
        one
        for one in plan.complex_items
        if one.first_item <= index < one.first_item + one.item_count
    )
    return max((_named_s(one) for one in around), default=0.0)


def _named_s(item: ComplexItem) -> float:
    """QGroundControl's own camera: `MinTriggerInterval` of its `CameraCalc`."""
    inner = item.source.get("TransectStyleComplexItem", item.source)
    calc = inner.get("CameraCalc", {}) if isinstance(inner, dict) else {}
    value = calc.get("MinTriggerInterval") if isinstance(calc, dict) else None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _too_fast(index: int, asked: _Asked, every_s: float, least_s: float) -> Finding:
    if asked.distance_m > 0.0 and asked.distance_m / asked.speed_m_s <= every_s:
        slow = asked.distance_m / least_s
        proposal = f"fly no faster than {slow:.1f} m/s, or take fewer pictures"
        what = f"{asked.distance_m:g} m apart at {asked.speed_m_s:g} m/s"
    else:
        proposal, what = f"leave {least_s:g} s between pictures", "by the clock"
    return error(
        "trigger-too-fast",
        f"from item {index + 1} on, pictures {what} come every {every_s:.2f} s; the camera needs "
        f"{least_s:g} s",
        proposal,
        item=index,
    )
