"""Checks before any upload: what PX4 will refuse, and what it accepts though it should not."""

from missions.checks.all_checks import Prediction, check, predict
from missions.checks.finding import Finding, Severity
from missions.checks.px4_profile import Px4Profile
from missions.px4_parser import MissionResult

__all__ = [
    "Finding",
    "MissionResult",
    "Prediction",
    "Px4Profile",
    "Severity",
    "check",
    "predict",
]
