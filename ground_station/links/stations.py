"""Other ground stations, seen because vehicles forward what they say. Pure.

Their traffic is neither ours nor a fault. One that uses our system id is another matter: a vehicle
cannot tell the two apart, and each takes the answers that the other was given.
"""

from collections import deque
from dataclasses import dataclass

from onboard.mavlink.codec import Address, Message

GROUND_STATION_TYPE = 6
STATION_FORGOTTEN_S = 30.0
STATIONS_AT_MOST = 32
OWN_FRAMES_KEPT = 1024


@dataclass(slots=True)
class Station:
    """One other ground station: when its heartbeat was first and last heard, and where."""

    address: Address
    link: str
    first_heard_s: float
    heard_s: float
    messages: int = 0


class Stations:
    """Who else talks to the vehicles. `echoes` counts our own frames that came back to us."""

    def __init__(self, own: Address) -> None:
        self.echoes = 0
        self._own = own
        self._stations: dict[Address, Station] = {}
        self._said: deque[int] = deque()
        self._said_set: set[int] = set()

    def said(self, frame: bytes) -> None:
        """Remember what we said: a vehicle on two of our links gives it back by the other."""
        print_of_it = hash(frame)
        if print_of_it in self._said_set:
            return
        self._said.append(print_of_it)
        self._said_set.add(print_of_it)
        if len(self._said) > OWN_FRAMES_KEPT:
            self._said_set.discard(self._said.popleft())

    def is_echo(self, message: Message) -> bool:
        """Whether this is what we said ourselves, come back; it is counted."""
        echo = message.system_id == self._own.system_id and hash(message.frame) in self._said_set
        self.echoes += echo
        return echo

    def hears(self, message: Message, link: str, now_s: float) -> bool:
        """Take a message in; True where a ground station said it, so that no vehicle did."""
        address = message.sender
        station = self._stations.get(address)
        if station is None:
            if not self._is_station(message):
                return address.system_id == self._own.system_id
            if len(self._stations) >= STATIONS_AT_MOST:
                self._drop_stalest()
            station = self._stations[address] = Station(address, link, now_s, now_s)
        station.heard_s, station.link = now_s, link
        station.messages += 1
        return True

    def heard_lately(self, now_s: float) -> list[Station]:
        """Every other station that has been heard within the last half minute."""
        lately = [s for s in self._stations.values() if now_s - s.heard_s <= STATION_FORGOTTEN_S]
        return sorted(lately, key=lambda s: (s.address.system_id, s.address.component_id))

    def shares_our_id(self, station: Station) -> bool:
        """Whether a vehicle would take it for us."""
        return station.address.system_id == self._own.system_id

    def is_station(self, system_id: int, component_id: int) -> bool:
        """Whether a heartbeat of a ground station came from there."""
        return Address(system_id, component_id) in self._stations

    @staticmethod
    def _is_station(message: Message) -> bool:
        return message.name == "HEARTBEAT" and message["type"] == GROUND_STATION_TYPE

    def _drop_stalest(self) -> None:
        stalest = min(self._stations.values(), key=lambda station: station.heard_s)
        del self._stations[stalest.address]
