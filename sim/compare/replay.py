"""Flies a recorded flight again: our vehicle, on a stepped clock, is sent what PX4 was sent.

Each message goes at its boot second of the log, moved by as much as the last event before it (a
text, an item reached) came later or earlier on our vehicle. Nothing is sent before that event has
come, unless it stays away for `PATIENCE_S`. All passes as bytes, through the codec.
"""

import math
import re
from collections import Counter, deque
from collections.abc import Sequence
from typing import NamedTuple

from onboard.mavlink.codec import Decoder, Encoder, Message
from onboard.mavlink.mission_transfer import PlanSender
from sim.clock import SteppedClock
from sim.compare.flight import Entry, Flight
from sim.compare.inputs import MISSION_START, Input
from sim.compare.setup import Setup
from sim.compare.tlog import AUTOPILOT, Frame
from sim.vehicle.link import Outgoing
from sim.vehicle.vehicle import Vehicle

STEP_S = 0.02
PATIENCE_S = 5.0
# An event just before an input may be its consequence: a log is not exact to the millisecond.
ANSWERED_S = 0.15
AFTER_S = 40.0
# Heartbeats come once a second: the last change is told that much later.
TOLD_WITHIN_S = 1.2
KNOWN_BY = 30
BEFORE_S = 30.0
NUMBER = re.compile(r"-?\d+(\.\d+)?")
Key = tuple[str, str, int]


def masked(text: str) -> str:
    """A text without its figures."""
    return NUMBER.sub("#", text)


def known_by(text: str) -> str:
    """The beginning of a text: a long one comes in chunks, and the first must do to know it."""
    return masked(text.rstrip("\t"))[:KNOWN_BY]


def told_of_log(entry: Entry) -> bool:
    """Whether a text tells of a log file: it is no event of the flight."""
    return entry.value.startswith("[logger]")


def anchors_of(flight: Flight) -> dict[Key, float]:
    """The events that inputs are timed by: texts and items reached, numbered where they repeat."""
    times: dict[Key, float] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for kind, entries in (("text", flight.texts), ("reached", flight.reached)):
        for entry in entries:
            if told_of_log(entry):
                continue
            name = (kind, known_by(entry.value) if kind == "text" else entry.value)
            times[*name, seen[name]] = entry.at_s
            seen[name] += 1
    return times


class Links(NamedTuple):
    """The vehicle's link that is compared, and the one that it is told on."""

    heard: str
    told: str

    def of(self, name: str) -> str:
        """The link that a message is taken from: PX4 says texts to ground stations alone."""
        return self.told if name == "STATUSTEXT" else self.heard


class Replay:
    """One flight flown again. `run` returns what our vehicle said and was told."""

    def __init__(
        self, setup: Setup, theirs: Flight, inputs: Sequence[Input], links: Links, seed: int
    ) -> None:
        first_s = inputs[0].at_s if inputs else theirs.begins_s
        # A vehicle that stood for an hour before it was told anything stands for half a minute.
        self._skipped_s = max(0.0, min(first_s, theirs.begins_s) - BEFORE_S)
        self._clock = SteppedClock()
        self._vehicle = Vehicle(setup.config, clock=self._clock, seed=seed)
        self._links = links
        self._inputs = inputs
        self._theirs = theirs
        self._anchors = sorted(anchors_of(theirs).items(), key=lambda one: one[1])
        self._anchor_times = dict(self._anchors)
        self._frames: list[Frame] = []
        self._decoder = Decoder()
        self._encoders: dict[int, Encoder] = {}
        self._seen: Counter[tuple[str, str]] = Counter()
        self._came: set[Key] = set()
        self._reached: int | None = None
        self._shift_s = -self._skipped_s
        self._anchored_s = -math.inf
        self._uploads: list[tuple[PlanSender, Encoder]] = []
        self._to_deliver: deque[bytes] = deque()
        self._delivers = False
        self.sent_s: list[float] = []

    def run(self) -> list[Frame]:
        """Send everything, then fly until as much time has passed as in the log."""
        for given in self._inputs:
            self._wait_for(given)
            self.sent_s.append(self._now_s)
            self._give(given)
        armed = self._vehicle.aircraft.commander
        until_s = self._theirs.ends_s + self._shift_s + TOLD_WITHIN_S
        while self._now_s < until_s or (armed.armed and self._now_s < until_s + AFTER_S):
            self._step()
        return self._frames

    @property
    def begins_s(self) -> float:
        """Boot second at which the log begins on our vehicle; a text then is a step early."""
        if not self.sent_s:
            return self._theirs.begins_s
        waited_s = self._inputs[0].at_s - self._theirs.begins_s
        return self.sent_s[0] + self._skipped_s - waited_s - STEP_S

    @property
    def _now_s(self) -> float:
        return self._clock.now_s()

    def _wait_for(self, given: Input) -> None:
        awaited = [k for k, at_s in self._anchors if at_s <= given.at_s - ANSWERED_S][-1:]
        while self._now_s < given.at_s + self._shift_s or not self._may_send(given, awaited):
            self._step()

    def _may_send(self, given: Input, awaited: list[Key]) -> bool:
        late_s = self._now_s - given.at_s - self._shift_s
        if late_s > PATIENCE_S:
            return True
        ready_s = self._theirs.ready_s
        was_ready = ready_s is not None and ready_s <= given.at_s
        if was_ready and not self._vehicle.aircraft.commander.ready:
            return False
        if given.message.name == "COMMAND_LONG" and given.message.command == MISSION_START:
            # How long the navigator takes to judge a plan is chance, with PX4, too.
            return not self._vehicle.aircraft.missions.waiting
        return all(key in self._came for key in awaited)

    def _give(self, given: Input) -> None:
        if given.upload is None:
            self._send(given.message)
            return
        encoder = self._encoder_of(given.message)
        self._uploads.append((given.upload, encoder))
        for send in given.upload.start(self._now_s):
            self._deliver(encoder.encode_send(send))

    def _send(self, message: Message) -> None:
        self._deliver(self._encoder_of(message).encode(message.name, **message.fields))

    def _encoder_of(self, message: Message) -> Encoder:
        return Encoder(system_id=message.system_id, component_id=message.component_id)

    def _deliver(self, frame: bytes) -> None:
        """What an answer calls for waits its turn: a plan has hundreds of items."""
        self._to_deliver.append(frame)
        if self._delivers:
            return
        self._delivers = True
        while self._to_deliver:
            self._give_to_vehicle(self._to_deliver.popleft())
        self._delivers = False

    def _give_to_vehicle(self, frame: bytes) -> None:
        for message in Decoder().feed(frame):
            now_s = self._now_s + self._skipped_s
            self._frames.append(Frame(now_s, now_s, message))
            self._hear(self._vehicle.receive(self._links.told, message, self._now_s))

    def _step(self) -> None:
        self._hear(self._vehicle.step(self._clock.advance(STEP_S)))

    def _hear(self, outgoing: Sequence[Outgoing]) -> None:
        for out in outgoing:
            if out.link not in self._links:
                continue
            encoder = self._encoders.setdefault(
                out.component_id,
                Encoder(system_id=self._vehicle.config.system_id, component_id=out.component_id),
            )
            for message in self._decoder.feed(encoder.encode_send(out.send)):
                self._note(message, out.link)

    def _note(self, message: Message, link: str) -> None:
        now_s = self._now_s + self._skipped_s
        taken = link == self._links.of(message.name)
        if taken:
            self._frames.append(Frame(now_s, now_s, message))
        if message.component_id != AUTOPILOT:
            return
        if message.name.startswith("MISSION_") and link == self._links.told:
            self._go_on_uploading(message)
        if not taken:
            return
        if message.name == "STATUSTEXT" and not message.chunk_seq:
            self._anchor("text", known_by(message.text))
        elif message.name == "MISSION_ITEM_REACHED" and message.seq != self._reached:
            self._reached = message.seq
            self._anchor("reached", str(message.seq))

    def _anchor(self, kind: str, value: str) -> None:
        key = (kind, value, self._seen[kind, value])
        self._seen[kind, value] += 1
        self._came.add(key)
        at_s = self._anchor_times.get(key)
        if at_s is not None and at_s >= self._anchored_s:
            self._anchored_s = at_s
            self._shift_s = self._now_s - at_s

    def _go_on_uploading(self, message: Message) -> None:
        for upload, encoder in [one for one in self._uploads if one[0].outcome is None]:
            for send in upload.receive(message, self._now_s):
                self._deliver(encoder.encode_send(send))
