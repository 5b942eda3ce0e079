"""Two aircraft and a real hub on loopback: a track goes from one to the other and comes back as an
answer, though each only ever calls the hub."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely

from ground_station.configuration import HubConfiguration
from ground_station.hub.hub import open_hub
from ground_station.hub.no_vehicles import NoVehicles
from ground_station.hub.server import HubServer, listening_socket
from missions.geodesy import GeoPoint
from onboard.executive.crew import Crew
from onboard.executive.handover import Answered
from onboard.executive.memory_file import MemoryFile
from onboard.messages import Envelope, TracksReport
from onboard.outbox import Outbox
from onboard.uplink import LiveUplink, Uplink, UplinkSettings
from onboard.uplink.mail import ForDrones, Mail

EVENT_EN = (40.0, 80.0)
FAST = UplinkSettings(live_interval_s=0.0)
HANDS_OVER = {
    "person_down": {
        "do": "orbit",
        "seconds": 120.0,
        "radius_m": 25.0,
        "hand_over": True,
        "until_relieved": True,
    }
}


@dataclass
class Aircraft:
    """A flight whose crew speaks to the hub over the way that the aircraft's process has."""

    name: str
    flight: Any
    hub: str
    folder: Path
    letters: "queue.Queue[tuple[ForDrones, str]]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        self.sequence = 0
        self.said: list[Any] = []
        self.outbox = Outbox(self.folder / self.name)
        mail = Mail(lambda *letter: self.letters.put(letter))
        self.uplink = Uplink(self.hub, self.outbox, FAST, mail=mail)
        self.live = LiveUplink(self.hub, FAST, mail=mail)
        self.crew = Crew(
            self.flight.tasking,
            tell=self.keep,
            memory=MemoryFile(self.folder / f"{self.name}.json"),
            clock=lambda: self.flight.now_s,
        )
        self.crew._executive = self.flight.executive
        self.uplink.start()
        self.live.start()

    def around(self, body: Any) -> Envelope:
        self.sequence += 1
        return Envelope(
            drone_id=self.name,
            boot_id="b",
            sequence=self.sequence,
            sent_at=datetime.now(UTC),
            body=body,
        )

    def keep(self, report: Any) -> None:
        self.said.append(report)
        self.outbox.put(self.around(report))

    def says_that_it_lives(self) -> None:
        """And gets in the reply what waits for it."""
        self.live.offer(self.around(TracksReport(tracks=())))
        self.live.flush(5.0)

    def hears(self) -> None:
        """The next word of another drone reaches the crew."""
        report, by = self.letters.get(timeout=10.0)
        self.crew.told(report, by)
        self.flight.act(self.crew.turn())
        assert self.uplink.drained(10.0)

    def tells_what_the_flight_did(self) -> None:
        """The executive's words of late, as they go out when the crew runs it."""
        actions = [action for _, action in self.flight.actions]
        self.flight.actions.clear()
        self.crew._take([each for each in actions if type(each).__name__ in ("Offer", "Said")])
        assert self.uplink.drained(10.0)

    def close(self) -> None:
        self.uplink.close()
        self.live.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """The URL of a hub in a thread of its own."""
    listener = listening_socket("127.0.0.1", 0)
    servers: queue.Queue[HubServer] = queue.Queue()

    async def serve() -> None:
        configuration = HubConfiguration(data_folder=tmp_path / "hub")
        opened = await open_hub(configuration, vehicles=NoVehicles())
        server = HubServer(opened, None, lambda: servers.put(server))
        await server.serve([listener])
        await opened.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    server = servers.get(timeout=20.0)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10.0)
    listener.close()


@pytest.fixture
def aircraft(
    hub: str, patrol: Callable[..., Any], tmp_path: Path
) -> Iterator[Callable[..., Aircraft]]:
    """Makes an aircraft on patrol that the hub hears."""
    made: list[Aircraft] = []

    def make(name: str, flown: dict[str, Any] | None = None, **tasking: Any) -> Aircraft:
        made.append(Aircraft(name, patrol(flown, **tasking), hub, tmp_path))
        made[-1].says_that_it_lives()
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_the_relief_takes_the_track_and_the_first_drone_goes_back_to_its_patrol(
    aircraft: Callable[..., Aircraft],
) -> None:
    relief = aircraft("qyran-2", relief={"accepts": True})
    first = aircraft("qyran-1", reactions=HANDS_OVER)
    first.flight.noticed(*EVENT_EN).until_state("orbiting").run(1.0)
    relief.says_that_it_lives()
    first.tells_what_the_flight_did()
    relief.says_that_it_lives()
    relief.hears()
    relief.flight.until_state("orbiting")
    first.says_that_it_lives()
    first.hears()
    first.flight.until_state("patrolling")
    (relieved,) = [each for each in first.said if getattr(each, "reason", "") == "relieved"]
    assert relieved.words.en == "qyran-2 has taken the track over"


def test_a_drone_with_a_low_battery_hands_its_track_to_one_that_then_comes_back_to_its_own_leg(
    aircraft: Callable[..., Aircraft], ring: shapely.Polygon, plane: Any
) -> None:
    drain = {"parameters": {"SIM_BAT_DRAIN": 160.0, "SIM_BAT_MIN_PCT": 0.0}}
    first = aircraft("qyran-1", drain, reactions=HANDS_OVER)
    first.flight.noticed(*EVENT_EN).moves(*EVENT_EN, (0.8, 0.0))
    first.flight.until_state("orbiting", "following").run(1.0)
    first.tells_what_the_flight_did()
    first.hears()
    assert first.flight.state in ("orbiting", "following")
    first.flight.until_state("going_home")
    relief = aircraft("qyran-2", relief={"accepts": True})
    item = relief.flight.executive.watch.situation.item
    first.tells_what_the_flight_did()
    relief.says_that_it_lives()
    relief.hears()
    first.says_that_it_lives()
    first.hears()
    relief.flight.until_state("orbiting").until_state("patrolling")
    first.flight.until_state("standing_by")
    first.tells_what_the_flight_did()
    assert relief.flight.executive.watch.situation.item == item
    places = [place for each in (first, relief) for _, _, place in each.flight.track if place]
    flown = [GeoPoint(latitude_deg=p.latitude_deg, longitude_deg=p.longitude_deg) for p in places]
    assert all(ring.contains(shapely.Point(plane.en(point))) for point in flown)
    told = [getattr(each, "reason", "") for each in first.said]
    assert told.index("low") < told.index("relieved") < told.index("landed")


def test_an_offer_that_is_declined_leaves_the_first_drone_where_it_is(
    aircraft: Callable[..., Aircraft],
) -> None:
    relief = aircraft("qyran-2", relief={"accepts": False})
    first = aircraft("qyran-1", reactions=HANDS_OVER, relief={"to": "qyran-2"})
    first.flight.noticed(*EVENT_EN).until_state("orbiting").run(1.0)
    relief.says_that_it_lives()
    first.tells_what_the_flight_did()
    relief.says_that_it_lives()
    relief.hears()
    assert relief.flight.state == "patrolling"
    first.says_that_it_lives()
    first.hears()
    first.flight.run(1.0)
    assert first.flight.state == "orbiting"


def test_an_offer_that_nobody_can_take_is_answered_with_the_uplinks_own_exchange(
    aircraft: Callable[..., Aircraft],
) -> None:
    first = aircraft("qyran-1", reactions=HANDS_OVER)
    first.flight.noticed(*EVENT_EN).until_state("orbiting").run(1.0)
    first.tells_what_the_flight_did()
    report, by = first.letters.get(timeout=10.0)
    assert (by, report.accepted, report.reason) == ("hub", False, "no other drone is heard")
    assert first.flight.state == "orbiting"


def test_a_drone_that_took_it_too_late_goes_back_to_its_patrol(
    patrol: Callable[..., Any], event_at: Callable[..., Any]
) -> None:
    flight = patrol(relief={"accepts": True})
    offer = event_at(*EVENT_EN, event_id="qyran-1:boot:5/relief")
    flight.act(flight.executive.offered(offer, "qyran-1", flight.now_s))
    flight.until_state("orbiting")
    late = Answered(handover_id=offer.event_id, by="hub", accepted=False, reason="", final=True)
    flight.act(flight.executive.answered(late, flight.now_s))
    flight.until_state("patrolling")
    assert "relieved" not in flight.reasons()
