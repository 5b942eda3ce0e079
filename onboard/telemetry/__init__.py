"""What the vehicle says of its place and attitude, and both at a frame's instant."""

from onboard.telemetry.history import PoseHistory, PoseMissing
from onboard.telemetry.link import TelemetryLink

__all__ = ["PoseHistory", "PoseMissing", "TelemetryLink"]
