"""Events that a link lost are asked for again, so that a reason said only in one is heard.

The vehicle numbers its events and says the newest number every three seconds; it keeps the last
twenty (PX4 v1.17, src/modules/mavlink/mavlink_events.cpp). Source of the protocol:
https://mavlink.io/en/services/events.html
"""

from collections.abc import Iterator

from ground_station.vehicles.machine import GROUND_STATION
from onboard.mavlink.codec import Address, Message, Send

NUMBERS = 0x10000
KEPT_BY_PX4 = 20
# A number that is further back than this comes of a vehicle that has booted again.
FURTHER_BACK = 2 * KEPT_BY_PX4
RESET = 1
ASK_AGAIN_S = 0.8
ASKED_AT_MOST = 8


class MissedEvents:
    """Watches one vehicle's numbers; `receive` returns what asks for the events between.

    What is asked for comes as a common EVENT. Counts those that came so (`recovered`) and those
    that never did (`lost`). Time passes with the vehicle's messages: a silent one is not asked.
    """

    def __init__(self, vehicle: Address) -> None:
        self.recovered = 0
        self.lost = 0
        self._vehicle = vehicle
        self._newest: int | None = None
        self._missing: dict[int, int] = {}
        self._ask_s = 0.0
        self._told_s: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether an event is known to be missing and may still come."""
        return bool(self._missing)

    def whole_since(self, since_s: float) -> bool:
        """Whether every event up to a second is here; so for a vehicle that numbers none."""
        told = self._told_s is None or self._told_s >= since_s
        return told and not self._missing

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """One message; requests where events are missing."""
        if message.sender != self._vehicle:
            return []
        if message.name == "EVENT":
            self._heard(message["sequence"], now_s)
        elif message.name == "CURRENT_EVENT_SEQUENCE":
            self._told_s = now_s
            self._told(message["sequence"], message["flags"], now_s)
        elif message.name == "RESPONSE_EVENT_ERROR":
            self._gone(message)
        return self._requests(now_s) if self._missing and now_s >= self._ask_s else []

    def _heard(self, number: int, now_s: float) -> None:
        if self._missing.pop(number, None) is not None:
            self.recovered += 1
        elif self._moves_on(number):
            self._missed(number, now_s)

    def _told(self, number: int, flags: int, now_s: float) -> None:
        if flags & RESET:
            self._begin_at(number)
        elif self._moves_on(number):
            self._missed((number + 1) % NUMBERS, now_s)
            self._newest = number

    def _moves_on(self, number: int) -> bool:
        """Whether a number is newer than the newest known; the first one and those after a boot
        only begin the count."""
        if self._newest is None:
            self._begin_at(number)
            return False
        ahead = (number - self._newest) % NUMBERS
        if NUMBERS // 2 <= ahead < NUMBERS - FURTHER_BACK:
            self._begin_at(number)
        return 0 < ahead < NUMBERS // 2

    def _begin_at(self, number: int) -> None:
        self._newest = number
        self.lost += len(self._missing)
        self._missing.clear()

    def _missed(self, before: int, now_s: float) -> None:
        """All from the newest to the one before `before`; of a long gap only what is kept."""
        assert self._newest is not None
        count = (before - self._newest) % NUMBERS - 1
        self.lost += max(0, count - KEPT_BY_PX4)
        for back in range(min(count, KEPT_BY_PX4), 0, -1):
            self._missing[(before - back) % NUMBERS] = 0
            self._ask_s = now_s
        self._newest = before

    def _gone(self, message: Message) -> None:
        """What is older than the oldest that is kept will not come any more."""
        if message.target_system not in (0, GROUND_STATION.system_id):
            return
        oldest = message.sequence_oldest_available
        for number in tuple(self._missing):
            older = 0 < (oldest - number) % NUMBERS < NUMBERS // 2
            if number == message["sequence"] or older:
                del self._missing[number]
                self.lost += 1

    def _requests(self, now_s: float) -> list[Send]:
        self._ask_s = now_s + ASK_AGAIN_S
        for number, asked in tuple(self._missing.items()):
            self._missing[number] = asked + 1
            if asked >= ASKED_AT_MOST:
                del self._missing[number]
                self.lost += 1
        return [
            Send(
                "REQUEST_EVENT",
                {
                    "target_system": self._vehicle.system_id,
                    "target_component": self._vehicle.component_id,
                    "first_sequence": first,
                    "last_sequence": last,
                },
            )
            for first, last in self._stretches()
        ]

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """First and last number of each row of missing ones."""
        numbers = list(self._missing)
        begins = [n for n in numbers if (n - 1) % NUMBERS not in self._missing]
        ends = [n for n in numbers if (n + 1) % NUMBERS not in self._missing]
        yield from zip(begins, ends, strict=True)
