"""What an aircraft's process has done so far."""

from collections import deque
from dataclasses import dataclass, field

from onboard.messages import EventReport


@dataclass(slots=True)
class Tally:
    """Counts, bounded because a live source never ends.

    `events` are the last ones of `event_count`; `known` are the tracks that the last frame told of.
    """

    processed: int = 0
    without_pose: int = 0
    without_pose_in_a_row: int = 0
    over_rate: int = 0
    detections: int = 0
    not_placed: int = 0
    why_no_pose: str = ""
    track_count: int = 0
    known: set[int] = field(default_factory=set)
    event_count: int = 0
    events: deque[tuple[str, EventReport]] = field(default_factory=deque)

    def add_tracks(self, track_ids: set[int]) -> None:
        """A track is told of in every frame from its first to its last."""
        self.track_count += len(track_ids - self.known)
        self.known = track_ids

    def add_event(self, message_id: str, event: EventReport) -> None:
        """Count an event, and keep it for the summary while there is room."""
        self.event_count += 1
        self.events.append((message_id, event))
