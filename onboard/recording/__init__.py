"""Video with telemetry, tracks and events in step, hashed from the moment of capture."""

from onboard.recording.recorder import Recorder
from onboard.recording.settings import RecordingSettings

__all__ = ["Recorder", "RecordingSettings"]
