"""A patrol with the executive on the companion link of a vehicle on UDP: ours, or PX4."""

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Fence, FencePolygon, Frame, Home, MissionItem, Plan
from onboard.executive.actions import Action, Offer, Said
from onboard.executive.executive import Executive
from onboard.executive.handover import Answered
from onboard.executive.noticed import Noticed, Sighted
from onboard.executive.tasking import Tasking
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import metres_between
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.parameters import ParameterType, ParameterWrite
from onboard.mavlink.plan_items import MissionType, fence_wire, mission_wire
from onboard.messages import EventKind, ObjectClass

STATION = Address(255, 190)
PATROL_M = 40.0
# East and north of home: a leg of 150 m north, one to the east, one back to the south.
CORNERS_EN = ((0.0, 0.0), (0.0, 150.0), (60.0, 150.0), (60.0, 60.0))
FENCE_EN = ((-120.0, -120.0), (-120.0, 270.0), (270.0, 270.0), (270.0, -120.0))
MISSION_DONE, READY = 5, 1 << 28
PATIENCE_S = 300.0
TURN_S, FRAME_S, BEAT_S = 0.1, 0.4, 1.0
# Half an hour, down to nothing.
BATTERY = {"SIM_BAT_DRAIN": 1800.0, "SIM_BAT_MIN_PCT": 0.0}
Objects = Callable[[float], list[Sighted]]


class Link:
    """One of the vehicle's UDP ports and whoever speaks there."""

    def __init__(self, port: int, speaker: Address) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.muted = False
        self._encoder = Encoder(system_id=speaker.system_id, component_id=speaker.component_id)
        self._decoder = Decoder()

    def tell(self, name: str, **fields: Any) -> None:
        if not self.muted:
            self.socket.send(self._encoder.encode(name, **fields))

    def hear(self) -> list[Message]:
        return list(self._decoder.feed(self.socket.recv(65536)))


class PatrolOnUdp:
    """Seconds are the vehicle's own, read off what it sends."""

    def __init__(self, vehicle: Any, tasking: Tasking) -> None:
        self.system_id = vehicle.system_id
        self.autopilot, own = Address(self.system_id, 1), Address(self.system_id, 191)
        self.now_s = 0.0
        self.plane = LocalPlane(
            GeoPoint(latitude_deg=vehicle.latitude_deg, longitude_deg=vehicle.longitude_deg)
        )
        self.ground_m = vehicle.amsl_m
        self.executive = Executive(tasking, own=own, vehicle=self.autopilot)
        self.objects: Objects = lambda _: []
        self.actions: list[tuple[float, Action]] = []
        self.track: list[tuple[float, str, CommandPlace | None]] = []
        self.texts: list[tuple[float, str]] = []
        self.speeds_m_s: list[tuple[float, float]] = []
        self.ready, self.mission_state = False, 0
        self.ground = Link(vehicle.ground_port, STATION)
        self.companion = Link(vehicle.companion_port, own)
        self._heard: list[Message] = []
        self._job: Any = None
        self._turn_s = self._frame_s = self._beat_s = 0.0

    @property
    def state(self) -> str:
        return self.executive.state.value

    @property
    def place(self) -> CommandPlace | None:
        return self.executive.watch.situation.place

    def close(self) -> None:
        self.ground.socket.close()
        self.companion.socket.close()

    # Time

    def until(self, holds: Callable[[], Any], *, within_s: float = PATIENCE_S) -> "PatrolOnUdp":
        end_s, wall_s = self.now_s + within_s, time.monotonic() + PATIENCE_S
        while not holds():
            assert self.now_s < end_s or self.now_s < within_s, f"{self.state}: {self.story()}"
            assert time.monotonic() < wall_s, f"{self.state}: {self.story()}"
            self._turn()
        return self

    def until_state(self, *states: str, within_s: float = PATIENCE_S) -> "PatrolOnUdp":
        return self.until(lambda: self.state in states, within_s=within_s)

    def run(self, seconds: float) -> "PatrolOnUdp":
        end_s = self.now_s + seconds
        return self.until(lambda: self.now_s >= end_s, within_s=seconds + 5.0)

    def until_the_mission_is_done(self) -> "PatrolOnUdp":
        return self.until(lambda: self.mission_state == MISSION_DONE)

    def _turn(self) -> None:
        links = {link.socket: link for link in (self.ground, self.companion)}
        for readable in select.select(list(links), (), (), 0.05)[0]:
            link = links[readable]
            for message in link.hear():
                self._hear(link, message)
        if self.now_s >= self._beat_s or self.now_s == 0.0:
            self._beat_s = self.now_s + BEAT_S
            self.ground.tell("HEARTBEAT", type=6, autopilot=8, system_status=4)
            if self.now_s == 0.0:
                # The companion link's partner is whoever speaks there first.
                self.companion.tell("HEARTBEAT", type=18, autopilot=8, system_status=4)
        if self.now_s >= self._frame_s:
            self._frame_s = self.now_s + FRAME_S
            self._act(self.executive.seen(self.objects(self.now_s), self.now_s))
        if self.now_s >= self._turn_s:
            self._turn_s = self.now_s + TURN_S
            self._act(self.executive.tick(self.now_s))
            self.track.append((self.now_s, self.state, self.place))
            speed_m_s = self.executive.watch.situation.ground_speed_m_s
            self.speeds_m_s.append((self.now_s, speed_m_s))

    def _hear(self, link: Link, message: Message) -> None:
        if message.sender == self.autopilot:
            self.now_s = max(self.now_s, _boot_s(message))
        if link is self.companion:
            self._act(self.executive.receive(message, self.now_s))
        elif message.sender == self.autopilot:
            if self._job is not None:
                self._heard.append(message)
            self._note(message)

    def _note(self, message: Message) -> None:
        match message.name:
            case "STATUSTEXT":
                self.texts.append((self.now_s, str(message.text)))
            case "SYS_STATUS":
                self.ready = bool(message.onboard_control_sensors_health & READY)
            case "MISSION_CURRENT":
                self.mission_state = message.mission_state

    def _act(self, actions: Sequence[Action]) -> None:
        self.actions += [(self.now_s, action) for action in actions]
        for action in actions:
            if isinstance(action, Send):
                self.companion.tell(action.name, **action.fields)

    # The ground station

    def command(self, command: int, *params: float) -> "PatrolOnUdp":
        numbered = {f"param{n}": value for n, value in enumerate(params, start=1)}
        target = {"target_system": self.system_id, "target_component": 1}
        self.ground.tell("COMMAND_LONG", command=command, **numbered, **target)
        return self

    def upload(self, plan: Plan) -> "PatrolOnUdp":
        for kind, items in (
            (MissionType.FENCE, fence_wire(plan)),
            (MissionType.MISSION, mission_wire(plan)),
        ):
            outcome = self._carry_out(
                PlanSender(own=STATION, vehicle=self.autopilot, mission_type=kind, items=items)
            )
            assert outcome.complete, outcome
        return self

    def write(self, **values: float) -> "PatrolOnUdp":
        for name, value in values.items():
            kind = ParameterType.INT32 if isinstance(value, int) else ParameterType.REAL32
            write = ParameterWrite(
                own=STATION, vehicle=self.autopilot, name=name, value=value, kind=kind
            )
            outcome = self._carry_out(write)
            assert outcome.value == pytest.approx(value), outcome
        return self

    def _carry_out(self, job: Any) -> Any:
        """Anything that is driven by messages and time, to its end: its outcome."""
        self._job, self._heard = job, []
        sends = job.start(self.now_s)
        while job.outcome is None:
            for send in sends:
                self.ground.tell(send.name, **send.fields)
            self._turn()
            heard, self._heard = self._heard, []
            sends = [each for message in heard for each in job.receive(message, self.now_s)]
            sends += job.tick(self.now_s)
        self._job = None
        return job.outcome

    # The world

    def place_at(self, east_m: float, north_m: float, above_m: float = 0.0) -> CommandPlace:
        point = self.plane.geo(east_m, north_m)
        return CommandPlace(
            latitude_deg=point.latitude_deg,
            longitude_deg=point.longitude_deg,
            height_amsl_m=self.ground_m + above_m,
        )

    def en_of(self, place: Any) -> tuple[float, float]:
        point = GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
        return self.plane.en(point)

    def noticed(self, east_m: float, north_m: float, **given: Any) -> "PatrolOnUdp":
        known: dict[str, Any] = {
            "event_id": f"event-{east_m:.0f}-{north_m:.0f}",
            "kind": EventKind.PERSON_DOWN,
            "object_class": ObjectClass.PERSON,
            "certainty": 0.9,
            "place": self.place_at(east_m, north_m),
            "covariance_m2": ((4.0, 0.0), (0.0, 4.0)),
            "track_ids": (7,),
        }
        self._act(self.executive.noticed(Noticed(**(known | given)), self.now_s))
        return self

    def answered(self, answer: Answered) -> "PatrolOnUdp":
        self._act(self.executive.answered(answer, self.now_s))
        return self

    def moves(
        self, east_m: float, north_m: float, velocity_en_m_s: tuple[float, float] = (0.0, 0.0)
    ) -> "PatrolOnUdp":
        began_s, (east, north) = self.now_s, velocity_en_m_s

        def seen(now_s: float) -> list[Sighted]:
            since_s = now_s - began_s
            place = self.place_at(east_m + east * since_s, north_m + north * since_s)
            return [
                Sighted(
                    track_id=7,
                    object_class=ObjectClass.PERSON,
                    place=place,
                    covariance_m2=((1.0, 0.0), (0.0, 1.0)),
                    velocity_en_m_s=velocity_en_m_s,
                )
            ]

        self.objects = seen
        return self

    def object_stays(self) -> "PatrolOnUdp":
        return self.moves(*self.en_of(self.objects(self.now_s)[0].place))

    # What came of it

    def said(self) -> list[Said]:
        return [action for _, action in self.actions if isinstance(action, Said)]

    def offers(self) -> list[Offer]:
        return [action for _, action in self.actions if isinstance(action, Offer)]

    def reasons(self) -> list[str]:
        return [said.reason for said in self.said()]

    def orders(self, command: int) -> list[float]:
        """When they were sent."""
        return [
            at_s
            for at_s, action in self.actions
            if isinstance(action, Send) and action.fields.get("command") == command
        ]

    def flown(self, *states: str) -> list[tuple[float, CommandPlace]]:
        """Times and places in states, in all where none is named."""
        return [
            (at_s, place)
            for at_s, state, place in self.track
            if place is not None and (state in states or not states)
        ]

    def apart_m(self, state: str, objects: Objects) -> list[tuple[float, float]]:
        """Seconds since the state began, and how far it was from what it flies after."""
        flown = self.flown(state)
        return [
            (at_s - flown[0][0], metres_between(place, objects(at_s)[0].place))
            for at_s, place in flown
        ]

    def story(self) -> str:
        """What the executive said and the vehicle told, with their times."""
        said = [(at_s, a.reason) for at_s, a in self.actions if isinstance(a, Said)]
        lines = sorted(said + self.texts)
        return "\n".join(f"{at_s:8.1f} s  {words}" for at_s, words in lines)


def _boot_s(message: Message) -> float:
    told = "time_boot_ms" in message.layout.places
    return float(message.time_boot_ms) / 1000.0 if told else 0.0


def _item(patrol: PatrolOnUdp, command: Command, east_m: float, north_m: float) -> MissionItem:
    place = patrol.plane.geo(east_m, north_m)
    params = (0.0, 0.0, 0.0, float("nan"), place.latitude_deg, place.longitude_deg, PATROL_M)
    return MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params)


def _plan(patrol: PatrolOnUdp) -> Plan:
    first, *corners = CORNERS_EN
    ring = tuple(patrol.plane.geo(*corner) for corner in FENCE_EN)
    return Plan(
        items=(
            _item(patrol, Command.NAV_TAKEOFF, *first),
            *(_item(patrol, Command.NAV_WAYPOINT, *corner) for corner in corners),
        ),
        home=Home(position=patrol.plane.geo(0.0, 0.0), height=HeightAmsl(patrol.ground_m)),
        fence=Fence(polygons=(FencePolygon(ring=ring, inclusion=True),)),
    )


@pytest.fixture
def patrol_on_udp(vehicles_on_udp: Any) -> Iterator[Callable[..., PatrolOnUdp]]:
    """Starts a vehicle that patrols, on its first leg; keywords go into the tasking."""
    made: list[PatrolOnUdp] = []

    def make(**tasking: Any) -> PatrolOnUdp:
        (vehicle,) = vehicles_on_udp(speed=4.0, px4_speed=2.0)
        patrol = PatrolOnUdp(vehicle, Tasking.model_validate(tasking))
        made.append(patrol)
        # Only a link on which the vehicle has been heard is written on.
        patrol.until(lambda: patrol.ready).write(**BATTERY).upload(_plan(patrol))
        patrol.run(2.0).command(300, 0.0, 0.0)
        situation = patrol.executive.watch.situation
        return patrol.until_state("patrolling").until(
            lambda: situation.item == 1 and situation.ground_speed_m_s > 4.0
        )

    yield make
    for patrol in made:
        patrol.close()
