"""A vehicle with a gimbal, flown in memory, with the executive on its companion link; all passes
as bytes. The ground station stands on its own link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import shapely

from missions.airspace.zone import Circle, Restriction, Volume, Zone
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Fence, FencePolygon, Frame, Home, MissionItem, Plan
from onboard.executive.actions import Action, Left, Said
from onboard.executive.executive import Executive
from onboard.executive.noticed import Noticed, Sighted
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, fence_wire, mission_wire
from onboard.messages import EventKind, ObjectClass
from sim.clock import SteppedClock
from sim.payload.component import PayloadComponent
from sim.payload.config import PayloadConfig
from sim.vehicle.config import VehicleConfig
from sim.vehicle.vehicle import COMPANION, GROUND, Vehicle

OWN, AUTOPILOT, STATION = Address(1, 191), Address(1, 1), Address(255, 190)
HOME = GeoPoint(latitude_deg=44.8521, longitude_deg=65.5092)
GROUND_M = 129.0
PATROL_M = 40.0
CORNERS_EN = ((0.0, 0.0), (0.0, 150.0), (150.0, 150.0), (150.0, 0.0))
FENCE_EN = ((-120.0, -120.0), (-120.0, 270.0), (270.0, 270.0), (270.0, -120.0))
PLANE = LocalPlane(HOME)


def place_at(east_m: float, north_m: float, above_m: float = 0.0) -> CommandPlace:
    """A place so far from home and so high above its ground."""
    point = PLANE.geo(east_m, north_m)
    return CommandPlace(
        latitude_deg=point.latitude_deg,
        longitude_deg=point.longitude_deg,
        height_amsl_m=GROUND_M + above_m,
    )


def item(command: Command, east_m: float, north_m: float, height_m: float) -> MissionItem:
    place = PLANE.geo(east_m, north_m)
    level = (place.latitude_deg, place.longitude_deg)
    params = (0.0, 0.0, 0.0, float("nan"), *level, height_m)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)


def patrol_plan() -> Plan:
    """Round a square of 150 m at 40 m, within a fence of 120 m about it."""
    corners = [item(Command.NAV_WAYPOINT, e, n, PATROL_M) for e, n in CORNERS_EN[1:]]
    ring = tuple(PLANE.geo(e, n) for e, n in FENCE_EN)
    return Plan(
        items=(item(Command.NAV_TAKEOFF, 0.0, 0.0, PATROL_M), *corners, corners[0]),
        home=Home(position=HOME, height=HeightAmsl(GROUND_M)),
        fence=Fence(polygons=(FencePolygon(ring=ring, inclusion=True),)),
    )


@dataclass
class Flight:
    """The vehicle, what the executive did, and what the vehicle said on both links."""

    tasking: Tasking
    parameters: dict[str, float] = field(default_factory=dict)
    gimbal: bool = True
    link_up: bool = True
    companion_deaf: bool = False
    # Whether the executive's sends reach the vehicle.
    companion_mute: bool = False
    zones: tuple[Zone, ...] = ()
    # What the camera follows at a time.
    objects: Callable[[float], list[Sighted]] = lambda _: []

    def __post_init__(self) -> None:
        self.clock = SteppedClock()
        payload = PayloadComponent(PayloadConfig(system_id=1))
        if not self.gimbal:
            self.parameters = {"MNT_MODE_IN": -1.0} | self.parameters
        config = VehicleConfig(
            latitude_deg=HOME.latitude_deg,
            longitude_deg=HOME.longitude_deg,
            ground_amsl_m=GROUND_M,
            parameters={"SIM_BAT_DRAIN": 1800.0} | self.parameters,
        )
        self.vehicle = Vehicle(config, clock=self.clock, seed=1, payload=payload)
        self.executive = self._new_executive(None)
        self.actions: list[tuple[float, Action]] = []
        self.heard: list[Message] = []
        self.track: list[tuple[float, str, CommandPlace | None]] = []
        self._decoders = {COMPANION: Decoder(), GROUND: Decoder()}
        self._encoders: dict[tuple[str, int], Encoder] = {}
        self._own = Encoder(system_id=1, component_id=191)
        self._steps = 0

    def _new_executive(self, left: Left | None) -> Executive:
        return Executive(
            self.tasking, own=OWN, vehicle=AUTOPILOT, zones=self.zones, remembered=left
        )

    def start_anew(self, left: Left | None) -> "Flight":
        """The process was killed and has started again."""
        self.executive = self._new_executive(left)
        return self

    @property
    def now_s(self) -> float:
        return self.clock.now_s()

    @property
    def state(self) -> str:
        return self.executive.state.value

    def run(self, seconds: float) -> "Flight":
        for _ in range(round(seconds / 0.02)):
            self._hear(self.vehicle.step(self.clock.advance(0.02)))
            self._steps += 1
            if self._steps % 5 == 0:
                self.act(self.executive.tick(self.now_s))
                self.track.append((self.now_s, self.state, self.place))
            if self._steps % 20 == 0:
                self.act(self.executive.seen(self.objects(self.now_s), self.now_s))
            if self._steps % 50 == 0 and self.link_up:
                self.tell("HEARTBEAT", type=6, autopilot=8, system_status=4)
        return self

    def until(self, condition: Callable[[], bool], *, at_most_s: float = 300.0) -> "Flight":
        end_s = self.now_s + at_most_s
        while not condition():
            assert self.now_s < end_s, f"{self.state} after {at_most_s} s: {self.reasons()[-6:]}"
            self.run(0.1)
        return self

    def until_state(self, *states: str, at_most_s: float = 300.0) -> "Flight":
        return self.until(lambda: self.state in states, at_most_s=at_most_s)

    @property
    def place(self) -> CommandPlace | None:
        return self.executive.watch.situation.place

    def act(self, actions: Sequence[Action]) -> None:
        self.actions += [(self.now_s, action) for action in actions]
        sends = [action for action in actions if isinstance(action, Send)]
        for send in sends if not self.companion_mute else ():
            for message in Decoder().feed(self._own.encode_send(send)):
                self._hear(self.vehicle.receive(COMPANION, message, self.now_s))

    def tell(
        self, name: str, *, link: str = GROUND, sender: Address = STATION, **fields: Any
    ) -> None:
        """A message of the ground station."""
        encoder = Encoder(system_id=sender.system_id, component_id=sender.component_id)
        for message in Decoder().feed(encoder.encode(name, **fields)):
            self._hear(self.vehicle.receive(link, message, self.now_s))

    def tell_sticks(self, *, forward: float, for_s: float = 0.2) -> "Flight":
        """A pilot's sticks by the ground station, ten times a second."""
        for _ in range(round(for_s / 0.1)):
            self.tell("MANUAL_CONTROL", target=1, x=round(1000 * forward), y=0, z=500, r=0)
            self.run(0.1)
        return self

    def heard_acks(self, command: int) -> list[int]:
        """Results of a command that the ground station has heard."""
        acks = [m for m in self.heard if m.name == "COMMAND_ACK" and m.command == command]
        return [ack.result for ack in acks]

    def command(self, command: int, *params: float, **fields: Any) -> "Flight":
        """A command of the ground station to the vehicle."""
        numbered = {f"param{n}": value for n, value in enumerate(params, start=1)}
        target = {"target_system": 1, "target_component": 1} | fields
        self.tell("COMMAND_LONG", command=command, **numbered, **target)
        return self

    def reposition(self, place: CommandPlace) -> "Flight":
        """The ground station sends the vehicle somewhere."""
        self.tell(
            "COMMAND_INT",
            command=192,
            target_system=1,
            target_component=1,
            param1=-1.0,
            param2=1.0,
            param4=float("nan"),
            x=round(place.latitude_deg * 1e7),
            y=round(place.longitude_deg * 1e7),
            z=place.height_amsl_m,
        )
        return self

    def upload(self, plan: Plan) -> "Flight":
        for kind, items in (
            (MissionType.FENCE, fence_wire(plan)),
            (MissionType.MISSION, mission_wire(plan)),
        ):
            sender = PlanSender(own=STATION, vehicle=AUTOPILOT, mission_type=kind, items=items)
            sends = sender.start(self.now_s)
            while sender.outcome is None:
                before = len(self.heard)
                for send in sends:
                    self.tell(send.name, **send.fields)
                self.run(0.02)
                sends = [
                    each
                    for message in self.heard[before:]
                    for each in sender.receive(message, self.now_s)
                ]
            assert sender.outcome.complete, sender.outcome
        return self.run(2.0)

    def noticed(self, east_m: float, north_m: float, **given: Any) -> "Flight":
        """An event on the ground there."""
        event = made_event(east_m, north_m, **given)
        self.act(self.executive.noticed(event, self.now_s))
        return self

    def moves(
        self, east_m: float, north_m: float, velocity_en_m_s: tuple[float, float], **given: Any
    ) -> "Flight":
        """From now on an object moves from there; `given` goes into the track."""
        began_s, (east, north) = self.now_s, velocity_en_m_s

        def seen(now_s: float) -> list[Sighted]:
            since_s = now_s - began_s
            place = place_at(east_m + east * since_s, north_m + north * since_s)
            return [made_track(place, velocity_en_m_s=velocity_en_m_s, **given)]

        self.objects = seen
        return self

    def reasons(self) -> list[str]:
        return [said.reason for said in self.said()]

    def said(self) -> list[Said]:
        return [action for _, action in self.actions if isinstance(action, Said)]

    def sends(self, since_s: float = 0.0) -> list[Send]:
        return [a for at_s, a in self.actions if isinstance(a, Send) and at_s >= since_s]

    def _hear(self, outgoing: Sequence[Any]) -> None:
        for out in outgoing:
            if out.forwarded is not None:
                self._take(out.link, [out.forwarded])
                continue
            key = (out.link, out.component_id)
            encoder = self._encoders.setdefault(
                key, Encoder(system_id=1, component_id=out.component_id)
            )
            if out.link in self._decoders:
                self._take(out.link, self._decoders[out.link].feed(encoder.encode_send(out.send)))

    def _take(self, link: str, messages: Sequence[Message]) -> None:
        if link == GROUND:
            self.heard += messages
        if link == COMPANION and not self.companion_deaf:
            for message in messages:
                self.act(self.executive.receive(message, self.now_s))


def made_track(place: CommandPlace, **given: Any) -> Sighted:
    """A person at a place, as the tracker tells it."""
    known = {
        "track_id": 7,
        "object_class": ObjectClass.PERSON,
        "covariance_m2": ((1.0, 0.0), (0.0, 1.0)),
    }
    return Sighted(place=place, **(known | given))


def made_event(east_m: float, north_m: float, **given: Any) -> Noticed:
    """A person down, surely, so far from home."""
    return Noticed(
        **(
            {
                "event_id": f"event-{east_m:.0f}-{north_m:.0f}",
                "kind": EventKind.PERSON_DOWN,
                "object_class": ObjectClass.PERSON,
                "certainty": 0.9,
                "place": place_at(east_m, north_m),
                "covariance_m2": ((4.0, 0.0), (0.0, 4.0)),
                "track_ids": (7,),
            }
            | given
        )
    )


ORBITING: dict[str, Any] = {
    "reactions": {
        "person_down": {"do": "orbit", "seconds": 30.0, "radius_m": 25.0, "height_m": 30.0},
        "loitering": {"do": "descend", "seconds": 10.0, "height_m": 25.0},
        "crowd": {"do": "look", "seconds": 10.0},
    },
    "battery": {"return_height_m": 30.0},
}


@pytest.fixture
def patrol() -> Callable[..., Flight]:
    """Makes a flight that patrols; keywords go into the tasking, `flown` into the Flight."""

    def make(flown: dict[str, Any] | None = None, **tasking: Any) -> Flight:
        flight = Flight(Tasking.model_validate(ORBITING | tasking), **(flown or {}))
        flight.run(8.0).upload(patrol_plan())
        flight.command(300, 0.0, 0.0)
        return flight.until_state("patrolling").until(
            lambda: (
                flight.executive.watch.situation.item == 1
                and flight.executive.watch.situation.ground_speed_m_s > 4.0
            )
        )

    return make


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The patrol's plan with its fence."""
    return patrol_plan()


@pytest.fixture(scope="session")
def plane() -> LocalPlane:
    """East and north of home."""
    return PLANE


@pytest.fixture(scope="session")
def ring() -> shapely.Polygon:
    """The fence in metres east and north of home."""
    return shapely.Polygon(FENCE_EN)


@pytest.fixture(scope="session")
def at() -> Callable[..., CommandPlace]:
    """A place so far east and north of home, on its ground."""
    return place_at


@pytest.fixture(scope="session")
def event_at() -> Callable[..., Noticed]:
    """An event so far east and north of home."""
    return made_event


@pytest.fixture(scope="session")
def track_at() -> Callable[..., Sighted]:
    """A track so far east and north of home."""

    def make(east_m: float, north_m: float, **given: Any) -> Sighted:
        return made_track(place_at(east_m, north_m), **given)

    return make


@pytest.fixture
def zone() -> Callable[..., Zone]:
    """A round zone that nobody may enter."""

    def make(name: str, *, east_m: float, north_m: float, radius_m: float) -> Zone:
        outline = Circle(center=PLANE.geo(east_m, north_m), radius_m=radius_m)
        return Zone(
            identifier=name,
            restriction=Restriction.PROHIBITED,
            volumes=(Volume(outline=outline),),
        )

    return make
