"""The executive in the aircraft's process: between the autopilot's link, the rules and the outbox.

The link's thread brings messages and time, the frames' thread what was found and followed; what is
to be sent goes out with the link's next turn.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from missions.airspace.zone import Zone
from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.executive.actions import Action, Answer, Offer, Remember, Said
from onboard.executive.executive import Executive
from onboard.executive.handover import Answered
from onboard.executive.memory_file import MemoryFile
from onboard.executive.reports import (
    answer_report,
    decision_report,
    handover_report,
    noticed,
    offered,
    sighted,
    unable,
)
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Address, Message, Send
from onboard.messages import (
    DecisionReport,
    HandoverAnswerReport,
    HandoverReport,
)
from onboard.rules import Finding
from onboard.track import Track

AUTOPILOT, ONBOARD_COMPUTER = 1, 191
TURN_S = 0.05

ExecutiveReport = DecisionReport | HandoverReport | HandoverAnswerReport


class Crew:
    """`tell` takes what is to be kept for the hub, on either thread. The link speaks before all of
    the process is there: what is decided until `report_to` is kept for it.

    `system_id` None: the vehicle is the first autopilot that is heard.
    """

    def __init__(
        self,
        tasking: Tasking,
        *,
        tell: Callable[[ExecutiveReport], None] | None = None,
        memory: MemoryFile,
        zones: Sequence[Zone] = (),
        system_id: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tasking = tasking
        self._tell = tell
        self._untold: list[ExecutiveReport] = []
        self._memory = memory
        self._zones = zones
        self._system_id = system_id
        self._clock = clock
        self._lock = threading.Lock()
        self._executive: Executive | None = None
        self._waiting: list[Send] = []
        self._next_s = 0.0

    @property
    def state(self) -> str:
        """What the executive does; empty until a vehicle has been heard."""
        return "" if self._executive is None else self._executive.state.value

    def report_to(self, tell: Callable[[ExecutiveReport], None]) -> None:
        """From now on this takes what is said, and what was said before."""
        with self._lock:
            self._tell = tell
            untold, self._untold = self._untold, []
            for report in untold:
                tell(report)

    def hear(self, message: Message) -> list[Send]:
        """A message on the autopilot's link; what is to be sent there."""
        with self._lock:
            executive = self._executive or self._met(message)
            if executive is None:
                return []
            return self._sends(executive.receive(message, self._clock()))

    def turn(self) -> list[Send]:
        """The link's thread has time; what is to be sent."""
        with self._lock:
            now_s = self._clock()
            if self._executive is None or now_s < self._next_s:
                return []
            self._next_s = now_s + TURN_S
            self._take(self._executive.tick(now_s))
            sends, self._waiting = self._waiting, []
            return sends

    def found(
        self, finding: Finding, event_id: str, *, plane: LocalPlane, ground: HeightAmsl
    ) -> None:
        """A rule fired."""
        event = noticed(finding, event_id, plane=plane, ground=ground)
        with self._lock:
            if self._executive is not None:
                self._take(self._executive.noticed(event, self._clock(), finding.explanation))

    def followed(self, tracks: Sequence[Track], *, plane: LocalPlane, ground: HeightAmsl) -> None:
        """The tracks after a frame."""
        with self._lock:
            if self._executive is None:
                return
            now_s, wants = self._clock(), self._executive.wants
            seen = [
                sighted(track, plane=plane, ground=ground)
                for track in tracks
                if track.seen_now and wants(track.track_id, now_s)
            ]
            if seen:
                self._take(self._executive.seen(seen, now_s))

    def hub_answered(self) -> None:
        """The hub was reached."""
        with self._lock:
            if self._executive is not None:
                self._executive.heard_hub(self._clock())

    def told(self, report: HandoverReport | HandoverAnswerReport, by: str) -> None:
        """Another drone's word, brought by the hub. Without a vehicle every offer is refused."""
        with self._lock:
            now_s = self._clock()
            if self._executive is None:
                if isinstance(report, HandoverReport):
                    self._say(unable(report, by))
            elif isinstance(report, HandoverReport):
                event = offered(report, datetime.now(UTC))
                self._take(self._executive.offered(event, by, now_s))
            else:
                answer = Answered(
                    handover_id=report.handover_id,
                    by=by,
                    accepted=report.accepted,
                    reason=report.reason,
                    final=report.final,
                )
                self._take(self._executive.answered(answer, now_s))

    def _met(self, message: Message) -> Executive | None:
        if message.name != "HEARTBEAT" or message.component_id != AUTOPILOT:
            return None
        if self._system_id not in (None, message.system_id):
            return None
        self._executive = Executive(
            self._tasking,
            own=Address(message.system_id, ONBOARD_COMPUTER),
            vehicle=Address(message.system_id, AUTOPILOT),
            zones=self._zones,
            remembered=self._memory.read(),
        )
        return self._executive

    def _sends(self, actions: Sequence[Action]) -> list[Send]:
        self._take(actions)
        sends, self._waiting = self._waiting, []
        return sends

    def _say(self, report: ExecutiveReport) -> None:
        if self._tell is None:
            self._untold.append(report)
        else:
            self._tell(report)

    def _take(self, actions: Sequence[Action]) -> None:
        at = datetime.now(UTC)
        for action in actions:
            match action:
                case Send():
                    self._waiting.append(action)
                case Remember():
                    self._memory.write(action.left)
                case Said():
                    self._say(decision_report(action, at))
                case Offer():
                    self._say(handover_report(action, at))
                case Answer():
                    self._say(answer_report(action))
