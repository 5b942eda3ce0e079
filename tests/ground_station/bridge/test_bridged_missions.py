"""Missions across the bridge: DroneKit's habits on one side, PX4's protocol on the other."""

from collections.abc import Iterable
from math import isnan, nan
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ground_station.dronekit_bridge.bridge import Bridge
from ground_station.dronekit_bridge.items import home_slot, to_float
from ground_station.dronekit_bridge.known import Place
from ground_station.dronekit_bridge.voices import Voices
from ground_station.dronekit_bridge.words import Dialect, Side, Words
from missions.plan import Frame
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanStore
from onboard.mavlink.plan_items import MissionType, WireItem

HOME = {"latitude": 473977430, "longitude": 85455940, "altitude": 489_400}
HEARTBEAT = {"type": 2, "autopilot": 12, "base_mode": 29, "custom_mode": 4 << 16 | 3 << 24}
TICK_S = 0.05
TAKEOFF, WAYPOINT, DO_JUMP, CHANGE_SPEED, SPLINE = 22, 16, 177, 178, 82


class OldClient:
    """Uploads and downloads as DroneKit does: each word once, no acknowledgement looked at."""

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self.items = items
        self.uploaded = [False] * len(items)
        self.downloaded: list[Message] = []
        self.expected: int | None = None
        self.heard: list[Message] = []

    def receive(self, message: Message) -> list[Send]:
        self.heard.append(message)
        to = {"target_system": 1}
        if message.name == "MISSION_REQUEST":
            self.uploaded[message.seq] = True
            return [Send("MISSION_ITEM", self.items[message.seq] | to | {"seq": message.seq})]
        if message.name == "MISSION_COUNT":
            self.downloaded, self.expected = [], message["count"]
            return [Send("MISSION_REQUEST", to | {"seq": 0})]
        if message.name == "MISSION_ITEM" and message.seq == len(self.downloaded):
            self.downloaded.append(message)
            if len(self.downloaded) != self.expected:
                return [Send("MISSION_REQUEST", to | {"seq": len(self.downloaded)})]
        return []

    def said(self, name: str) -> list[Message]:
        return [message for message in self.heard if message.name == name]


class Between:
    """A client, the bridge and PX4's mission protocol, joined by bytes that may be lost."""

    def __init__(
        self,
        items: Iterable[dict[str, Any]] = (),
        *,
        dialect: Dialect = Dialect.ARDUPILOT,
        loss: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.bridge = Bridge(dialect=dialect)
        self.client = OldClient(list(items))
        self.store = PlanStore()
        self.at_vehicle: list[Message] = []
        self.now_s = 0.0
        self._loss, self._random = loss, Random(seed)
        self._voices = Voices(self.bridge.known)
        self._endpoint = PlanEndpoint(self.store, own=Address(1, 1))
        self._ears = {Side.CLIENT: Decoder(), Side.VEHICLE: Decoder()}
        self._decoders = {Side.CLIENT: Decoder(), Side.VEHICLE: Decoder()}
        self._encoders = {
            Side.CLIENT: Encoder(system_id=255, component_id=0),
            Side.VEHICLE: Encoder(system_id=1, component_id=1),
        }
        self.surely("HEARTBEAT", HEARTBEAT)
        self.surely("HOME_POSITION", HOME)

    def surely(self, name: str, fields: dict[str, Any]) -> None:
        """The vehicle says something that is not lost."""
        self._to_bridge(Side.VEHICLE, Send(name, fields))

    def from_client(self, name: str, **fields: Any) -> None:
        """The client says something that is not lost."""
        self._to_bridge(Side.CLIENT, Send(name, {"target_system": 1} | fields))

    def upload(self) -> None:
        self.from_client("MISSION_COUNT", count=len(self.client.items))

    def live(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.now_s += TICK_S
            self._deliver(self.bridge.tick(self.now_s))
            for send in self._endpoint.tick(self.now_s):
                self._from(Side.VEHICLE, send)

    def names_at_vehicle(self) -> list[str]:
        return [message.name for message in self.at_vehicle]

    def _from(self, side: Side, send: Send) -> None:
        if self._random.random() >= self._loss:
            self._to_bridge(side, send)

    def _to_bridge(self, side: Side, send: Send) -> None:
        take = {Side.CLIENT: self.bridge.from_client, Side.VEHICLE: self.bridge.from_vehicle}
        for message in self._decoders[side].feed(self._encoders[side].encode_send(send)):
            self._deliver(take[side](message, self.now_s))

    def _deliver(self, words: Words) -> None:
        for word in words:
            frame = self._voices.frame(word)
            if self._random.random() < self._loss:
                continue
            for message in self._ears[word.to].feed(frame):
                self._hear(word.to, message)

    def _hear(self, side: Side, message: Message) -> None:
        if side is Side.CLIENT:
            answers = self.client.receive(message)
        else:
            self.at_vehicle.append(message)
            answers = self._endpoint.receive(message, self.now_s)
        for answer in answers:
            self._from(side, answer)


def item(command: int, x: float = 0.0, y: float = 0.0, z: float = 10.0, **more: Any) -> Any:
    return {"command": command, "frame": 3, "x": x, "y": y, "z": z, **more}


SQUARE = [
    item(TAKEOFF),
    item(WAYPOINT, 47.3985, 8.5456, 11.0),
    item(CHANGE_SPEED, param1=1.0, param2=4.0, z=0.0),
    item(WAYPOINT, 47.3985, 8.5466, 12.0),
]


def test_script_that_never_downloaded_uploads_a_mission_that_px4_takes() -> None:
    between = Between(SQUARE)
    between.upload()
    between.live(3.0)
    on_board = between.store.items(MissionType.MISSION)
    assert [each.command for each in on_board] == [TAKEOFF, WAYPOINT, CHANGE_SPEED, WAYPOINT]
    assert [each.frame for each in on_board] == [3, 3, Frame.MISSION, 3]
    assert all(each.autocontinue for each in on_board)
    assert [each.current for each in on_board] == [1, 0, 0, 0]
    assert (on_board[0].x, on_board[0].y) == (HOME["latitude"], HOME["longitude"])
    assert abs(on_board[1].x - 473985000) < 40
    assert isnan(on_board[1].param4)
    assert between.client.said("MISSION_ACK")[-1]["type"] == 0


def test_home_item_of_a_download_is_not_flown() -> None:
    between = Between([to_float(home_slot(Place(latitude_deg=47, longitude_deg=8, amsl_m=9)))])
    between.client.items += SQUARE
    between.client.uploaded += [False] * len(SQUARE)
    between.upload()
    between.live(3.0)
    assert len(between.store.items(MissionType.MISSION)) == len(SQUARE)


def test_numbers_of_items_count_home_once_the_client_does() -> None:
    between = Between()
    mission = [WireItem(frame=6, command=WAYPOINT, x=473977430, y=85455940, z=10.0)] * 2
    jump = WireItem(frame=2, command=DO_JUMP, param1=1.0, param2=3.0)
    between.store.replace(MissionType.MISSION, [*mission, jump])
    between.from_client("MISSION_REQUEST_LIST")
    between.live(3.0)
    given = between.client.downloaded
    assert [each.command for each in given] == [WAYPOINT, WAYPOINT, WAYPOINT, DO_JUMP]
    assert given[0].z == pytest.approx(489.4)
    assert given[1]["frame"] == Frame.GLOBAL_RELATIVE_ALT
    assert given[3].param1 == 2.0
    between.surely("MISSION_CURRENT", {"seq": 1, "total": 3})
    assert between.client.said("MISSION_CURRENT")[-1].seq == 2
    between.from_client("MISSION_SET_CURRENT", seq=3)
    assert between.at_vehicle[-1].seq == 2


def test_empty_mission_is_given_as_home_alone() -> None:
    between = Between()
    between.from_client("MISSION_REQUEST_LIST")
    between.live(2.0)
    assert [each.command for each in between.client.downloaded] == [WAYPOINT]
    assert between.client.downloaded[0].x == pytest.approx(47.397743)


def test_refused_mission_is_told_and_not_flown() -> None:
    between = Between([SQUARE[0], item(SPLINE, 47.3985, 8.5456)])
    between.upload()
    between.live(3.0)
    assert between.client.said("MISSION_ACK")[-1]["type"] == 3
    texts = [message.text for message in between.client.said("STATUSTEXT")]
    assert any("not uploaded: item 1" in text for text in texts)
    between.from_client("COMMAND_LONG", command=176, param1=1.0, param2=3.0)
    assert between.client.said("COMMAND_ACK")[-1].result == 2
    assert "COMMAND_LONG" not in between.names_at_vehicle()
    assert between.bridge.counters.refused == 1


def test_order_to_fly_waits_for_the_mission() -> None:
    between = Between(SQUARE, loss=0.3, seed=3)
    between.upload()
    between.from_client("COMMAND_LONG", command=176, param1=1.0, param2=3.0)
    assert "COMMAND_LONG" not in between.names_at_vehicle()
    between._loss = 0.0
    between.live(4.0)
    names = between.names_at_vehicle()
    assert len(between.store.items(MissionType.MISSION)) == len(SQUARE)
    assert names.index("COMMAND_LONG") > names.index("MISSION_COUNT")
    assert between.bridge.counters.held == 1


def test_clearing_empties_every_type_that_is_asked_for() -> None:
    between = Between()
    rally = WireItem(frame=6, command=5100, x=1, y=1, z=5.0)
    between.store.replace(MissionType.RALLY, [rally])
    between.store.replace(MissionType.MISSION, [WireItem(frame=6, command=WAYPOINT, x=1, y=1)])
    between.from_client("MISSION_CLEAR_ALL", mission_type=255)
    between.live(3.0)
    assert [between.store.items(kind) for kind in MissionType] == [(), (), ()]
    assert [each.mission_type for each in between.client.said("MISSION_ACK")] == [255]


def test_px4_dialect_leaves_yaw_and_takeoff_as_they_are() -> None:
    first = item(TAKEOFF, 47.3977, 8.5456, param4=0.5, autocontinue=1)
    between = Between([first], dialect=Dialect.PX4)
    between.upload()
    between.live(2.0)
    (on_board,) = between.store.items(MissionType.MISSION)
    assert on_board.param4 == pytest.approx(0.5)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(1, 89, width=32), st.floats(-179, 179, width=32), st.floats(1, 99, width=32)
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 2**16),
)
def test_a_mission_arrives_whole_or_not_at_all_over_a_lossy_link(
    places: list[tuple[float, float, float]], seed: int
) -> None:
    items = [item(WAYPOINT, *place, param4=nan) for place in places]
    between = Between(items, loss=0.3, seed=seed)
    between.upload()
    between.live(40.0)
    on_board = between.store.items(MissionType.MISSION)
    failures = between.bridge.counters.failed + len(between.client.said("STATUSTEXT"))
    assert len(on_board) == len(items) or (on_board == () and failures)
    for each, (latitude_deg, longitude_deg, height_m) in zip(on_board, places, strict=False):
        assert (each.x, each.y) == (round(latitude_deg * 1e7), round(longitude_deg * 1e7))
        assert each.z == height_m
    assert not between.bridge._plans.busy


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 12), st.integers(0, 2**16))
def test_a_download_over_a_lossy_link_ends(count: int, seed: int) -> None:
    between = Between(loss=0.25, seed=seed)
    mission = [
        WireItem(frame=6, command=WAYPOINT, x=n, y=n, z=float(n)) for n in range(1, count + 1)
    ]
    between.store.replace(MissionType.MISSION, mission)
    between.from_client("MISSION_REQUEST_LIST")
    between.live(60.0)
    heights = [message.z for message in between.client.downloaded][1:]
    complete = len(between.client.downloaded) == count + 1
    assert heights == [float(n) for n in range(1, len(heights) + 1)]
    assert complete or between.bridge.counters.failed
    assert not between.bridge._plans.busy
