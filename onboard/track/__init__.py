"""Following objects over frames, in metres on the ground."""

from onboard.track.track import Placed, Track
from onboard.track.tracker import Tracker, TrackerSettings

__all__ = ["Placed", "Track", "Tracker", "TrackerSettings"]
