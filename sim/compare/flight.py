"""What a vehicle's messages say of its flights: the same reading for PX4's and for ours.

Time is seconds since boot; places are metres north, east and down about home.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onboard.mavlink.codec import Message
from sim.compare.tlog import AUTOPILOT, Frame
from sim.vehicle.local_frame import Geo, LocalFrame

Array = npt.NDArray[np.float64]
ARMED = 128
PREARM_CHECK = 1 << 28
LANDED = "Landing detected"
LIFTED_M = 0.3


class Entry(NamedTuple):
    """One entry of a stream of events."""

    at_s: float
    value: str


class Ack(NamedTuple):
    """A command's answer, and the system that is answered; 0 for one of the vehicle's own parts."""

    at_s: float
    command: int
    result: int
    answered: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One flight of a log: from arming to disarming."""

    armed_s: float
    disarmed_s: float
    path: Array

    def height_m(self) -> Array:
        """Height above the place of arming."""
        up: Array = self.path[0, 3] - self.path[:, 3]
        return up

    def above_s(self, height_m: float) -> float | None:
        """When the vehicle first was above a height."""
        above = np.flatnonzero(self.height_m() > height_m)
        return float(self.path[above[0], 0]) if above.size else None

    def below_for_good_s(self, height_m: float) -> float | None:
        """When the vehicle was last above a height."""
        above = np.flatnonzero(self.height_m() > height_m)
        return float(self.path[above[-1], 0]) if above.size else None

    def at(self, times_s: Array) -> Array:
        """North, east, down at some times, one row each."""
        columns = (np.interp(times_s, self.path[:, 0], self.path[:, c]) for c in (1, 2, 3))
        return np.stack(list(columns), axis=1)


@dataclass
class Flight:
    """All that is compared; `path` has rows of boot second, north, east and down."""

    path: Array
    begins_s: float
    ends_s: float
    texts: list[Entry] = field(default_factory=list)
    reached: list[Entry] = field(default_factory=list)
    modes: list[Entry] = field(default_factory=list)
    landed: list[Entry] = field(default_factory=list)
    missions: list[Entry] = field(default_factory=list)
    armings: list[Entry] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    ready_s: float | None = None

    @property
    def streams(self) -> dict[str, list[Entry]]:
        """The streams of events by name."""
        return {
            "mode": self.modes,
            "landed state": self.landed,
            "mission item": self.missions,
            "reached": self.reached,
            "text": self.texts,
        }

    def stretches(self) -> list[Stretch]:
        """The flights in which the vehicle left the ground, in order."""
        found, armed_s = [], None
        for entry in [*self.armings, Entry(self.ends_s, "disarmed")]:
            if entry.value == "armed":
                armed_s = entry.at_s
            elif armed_s is not None:
                found.append(self._stretch(armed_s, entry.at_s))
                armed_s = None
        return [one for one in found if len(one.path) and one.above_s(LIFTED_M) is not None]

    def text_s(self, beginning: str, since_s: float, until_s: float) -> float | None:
        """When a text with a beginning was first said within a time."""
        times = (e.at_s for e in self.texts if e.value.startswith(beginning))
        return next((at for at in times if since_s <= at <= until_s), None)

    def _stretch(self, armed_s: float, disarmed_s: float) -> Stretch:
        times = self.path[:, 0]
        return Stretch(
            armed_s, disarmed_s, self.path[(times >= armed_s) & (times <= disarmed_s + 1.0)]
        )


def read_flight(frames: Sequence[Frame], home: Geo) -> Flight:
    """Read what a vehicle said, in the order of its saying."""
    flight = Flight(_path(frames, home), frames[0].boot_s, frames[-1].boot_s)
    chunks: dict[int, str] = {}
    for frame in frames:
        if frame.message.component_id == AUTOPILOT:
            _take(flight, frame, chunks)
    flight.armings = _armings(flight)
    return flight


def _take(flight: Flight, frame: Frame, chunks: dict[int, str]) -> None:
    message, at_s = frame.message, frame.boot_s
    flight.counts[message.name] += 1
    if message.name == "HEARTBEAT":
        _changed(flight.modes, at_s, _mode(message.custom_mode))
        _changed(flight.armings, at_s, "armed" if message.base_mode & ARMED else "disarmed")
    elif message.name == "EXTENDED_SYS_STATE":
        _changed(flight.landed, at_s, str(message.landed_state))
    elif message.name == "MISSION_CURRENT":
        _changed(flight.missions, at_s, str(message.seq))
    elif message.name == "MISSION_ITEM_REACHED":
        _changed(flight.reached, at_s, str(message.seq))
    elif message.name == "STATUSTEXT":
        _text(flight.texts, at_s, message, chunks)
    elif message.name == "COMMAND_ACK":
        flight.acks.append(Ack(at_s, message.command, message.result, message.target_system))
    elif message.name == "SYS_STATUS" and flight.ready_s is None:
        good = message.onboard_control_sensors_health & PREARM_CHECK
        flight.ready_s = at_s if good else None


def _mode(custom_mode: int) -> str:
    return f"{custom_mode >> 16 & 0xFF}/{custom_mode >> 24}"


def _changed(stream: list[Entry], at_s: float, value: str) -> None:
    if not stream or stream[-1].value != value:
        stream.append(Entry(at_s, value))


def _text(texts: list[Entry], at_s: float, message: Message, chunks: dict[int, str]) -> None:
    """Put chunks together: a text is one entry, at the time of its first chunk."""
    number = message["id"]
    if number and message.chunk_seq and number in chunks and texts:
        chunks[number] += message.text
        texts[-1] = Entry(texts[-1].at_s, chunks[number].rstrip("\t"))
        return
    chunks[number] = message.text
    texts.append(Entry(at_s, message.text.rstrip("\t")))


def _armings(flight: Flight) -> list[Entry]:
    """Arming and disarming at the times of their texts: a heartbeat comes up to a second later."""
    words = {"armed": "Armed by", "disarmed": "Disarmed by"}
    exact = []
    for entry in flight.armings:
        said_s = flight.text_s(words[entry.value], entry.at_s - 1.3, entry.at_s + 0.1)
        exact.append(Entry(entry.at_s if said_s is None else said_s, entry.value))
    return exact


def _path(frames: Sequence[Frame], home: Geo) -> Array:
    """The estimated path about home: the fine local position, moved to where the globe has it."""
    local = [f.message for f in frames if f.message.name == "LOCAL_POSITION_NED"]
    places = [f.message for f in frames if f.message.name == "GLOBAL_POSITION_INT"]
    path = np.array([(m.time_boot_ms / 1e3, m.x, m.y, m.z) for m in local]).reshape(-1, 4)
    frame = LocalFrame(home)
    globe = np.array(
        [
            (m.time_boot_ms / 1e3, *frame.ned(Geo(m.lat / 1e7, m.lon / 1e7, m.alt / 1e3)))
            for m in places
        ]
    ).reshape(-1, 4)
    if len(path) < 2 or not len(globe):
        return globe if len(globe) else path
    columns = [np.interp(globe[:, 0], path[:, 0], path[:, c]) for c in (1, 2, 3)]
    path[:, 1:] += np.median(globe[:, 1:] - np.stack(columns, axis=1), axis=0)
    return path
