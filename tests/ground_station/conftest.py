"""What the operations centre's tests share: events as an aircraft sends them, a small map, and a
simulated vehicle with its pilot, joined by bytes, on an event loop whose time is virtual."""

import asyncio
import json
import selectors
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ground_station.flying.ground_deeds import MISSION_STATE_NONE
from ground_station.flying.pilot import Pilot
from ground_station.flying.track_targets import TrackTargets
from ground_station.hub.vehicles_port import DeedView, DroneName
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Plan
from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanSender, TransferEnd
from onboard.mavlink.plan_items import MissionType, wire_of
from sim.clock import SteppedClock
from sim.payload.component import PayloadComponent
from sim.payload.voice import Voice
from sim.vehicle.config import VehicleConfig
from sim.vehicle.vehicle import Vehicle
from sim.vehicle.wire.outgoing import Outgoing

CENTRE = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

RawEvent = Callable[..., dict[str, Any]]


def raw_event(
    sequence: int = 0,
    *,
    kind: str = "crowd",
    east_m: float = 0.0,
    north_m: float = 0.0,
    after_s: float = 0.0,
    certainty: float = 0.8,
    drone_id: str = "qyran-1",
    boot_id: str = "boot-1",
    picture_sha256: str | None = None,
    semi_major_m: float = 5.0,
    **body: Any,
) -> dict[str, Any]:
    """An envelope with an event, at metres from the centre and seconds after the start."""
    place = LocalPlane(CENTRE).geo(east_m, north_m)
    at = (START + timedelta(seconds=after_s)).isoformat()
    picture = {"sha256": picture_sha256, "width_px": 960, "height_px": 540, "boxes": []}
    return {
        "version": 1,
        "drone_id": drone_id,
        "boot_id": boot_id,
        "sequence": sequence,
        "sent_at": at,
        "body": {
            "kind": "event",
            "event_kind": kind,
            "rule_id": f"{kind}-rule",
            "severity": "warning",
            "certainty": certainty,
            "position": {
                "latitude_deg": place.latitude_deg,
                "longitude_deg": place.longitude_deg,
                "height_amsl_m": 129.0,
                "ellipse": {
                    "semi_major_m": semi_major_m,
                    "semi_minor_m": semi_major_m / 2,
                    "orientation_rad": 0.5,
                    "probability": 0.9,
                },
            },
            "captured_at": at,
            "began_at": at,
            "object_class": "person",
            "object_count": 12,
            "explanation": {"kk": "он екі адам", "ru": "двенадцать человек", "en": "12 people"},
            "picture": None if picture_sha256 is None else picture,
            **body,
        },
    }


def raw_live(kind: str, *, after_s: float = 0.0, drone_id: str = "qyran-1") -> dict[str, Any]:
    """An envelope with a view or an empty list of tracks."""
    view = {
        "latitude_deg": 44.85,
        "longitude_deg": 65.51,
        "height_amsl_m": 189.0,
        "height_above_ground_m": 60.0,
        "optical_axis_bearing_rad": 0.0,
        "optical_axis_elevation_rad": -0.8,
        "footprint": [],
    }
    return {
        "drone_id": drone_id,
        "boot_id": "boot-1",
        "sequence": 0,
        "sent_at": (START + timedelta(seconds=after_s)).isoformat(),
        "body": {"kind": kind, **({"tracks": []} if kind == "tracks" else view)},
    }


@pytest.fixture(scope="session")
def event() -> RawEvent:
    """Makes an event as JSON."""
    return raw_event


@pytest.fixture(scope="session")
def live() -> RawEvent:
    """Makes a live message as JSON."""
    return raw_live


def _ring(plane: LocalPlane, left: float, below: float, right: float, above: float) -> list[Any]:
    corners = ((left, below), (right, below), (right, above), (left, above), (left, below))
    return [_lon_lat(plane, east, north) for east, north in corners]


def _lon_lat(plane: LocalPlane, east_m: float, north_m: float) -> list[float]:
    place = plane.geo(east_m, north_m)
    return [place.longitude_deg, place.latitude_deg]


def _feature(kind: str, name: str, geometry: dict[str, Any], **more: Any) -> dict[str, Any]:
    words = {"kk": f"{name} kk", "ru": f"{name} ru", "en": name}
    properties = {"id": name.lower().replace(" ", "-"), "kind": kind, "name": words, **more}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.fixture
def district_folder(tmp_path: Path) -> Path:
    """A park of 400 m about the centre with a square in it, a road 1 km east, a house 60 m north.

    Cameras: `ptz` 100 m east; `north` 150 m south looking north; `away` 50 m east looking east;
    `short` 80 m west that sees 40 m; `hidden` 120 m north behind the house; `far` 180 m east.
    """
    plane = LocalPlane(CENTRE)
    area = {
        name: {"type": "Polygon", "coordinates": [_ring(plane, *sides)]}
        for name, sides in {
            "park": (-200.0, -200.0, 200.0, 200.0),
            "square": (-50.0, -50.0, 50.0, 50.0),
            "house": (-20.0, 60.0, 20.0, 80.0),
        }.items()
    }
    road = [_lon_lat(plane, 1000.0, north) for north in (-500.0, 500.0)]
    features = [
        _feature("park", "Park", area["park"]),
        _feature("square", "Square", area["square"]),
        _feature("building", "House", area["house"], height_m=12.0),
        _feature("road", "Road", {"type": "LineString", "coordinates": road}, width_m=10.0),
    ]
    folder = tmp_path / "district"
    folder.mkdir()
    document = {
        "type": "FeatureCollection",
        "qyran": {"name": "Test", "invented": True, "seed": 1},
        "features": features,
    }
    (folder / "district.geojson").write_text(json.dumps(document), encoding="utf-8")
    cameras = {
        "ptz": (100.0, 0.0, None, 300.0),
        "north": (0.0, -150.0, 0.0, 300.0),
        "away": (50.0, 0.0, 1.5708, 300.0),
        "short": (-80.0, 0.0, None, 40.0),
        "hidden": (0.0, 120.0, None, 300.0),
        "far": (180.0, 0.0, None, 300.0),
    }
    document["features"] = [
        _feature(
            "camera",
            name,
            {"type": "Point", "coordinates": _lon_lat(plane, east, north)},
            height_m=8.0,
            bearing_rad=bearing,
            field_of_view_rad=1.0,
            range_m=range_m,
            violations=[],
            invented=True,
        )
        for name, (east, north, bearing, range_m) in cameras.items()
    ]
    (folder / "cameras.geojson").write_text(json.dumps(document), encoding="utf-8")
    return folder


Deeds = Callable[[Any], Coroutine[Any, Any, None]]
TICK_S = 0.05
HEARTBEAT = Send("HEARTBEAT", {"type": 6, "autopilot": 8, "mavlink_version": 3})


class _NoWait(selectors.SelectSelector):
    """Never sleeps: the time that was to be waited passes at once."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready:
            self.passed_s += timeout or 0.0
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only when everybody waits."""

    def __init__(self) -> None:
        self._jumping = _NoWait()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed_s


class Bench:
    """One vehicle and its pilot; `lost` drops what travels either way, `heard` keeps the deeds.

    Without `beats` the station falls silent for the vehicle; `sent` names what it said.
    """

    def __init__(self, vehicle: Vehicle, clock: SteppedClock) -> None:
        self.vehicle = vehicle
        self._clock = clock
        self.lost = False
        self.beats = True
        self.sent: list[str] = []
        self.heard: list[DeedView] = []
        self._up, self._down = Decoder(), Decoder()
        self._ground = Encoder(
            system_id=GROUND_STATION.system_id, component_id=GROUND_STATION.component_id
        )
        self._voices: dict[int, Encoder] = {}
        self.targets = TrackTargets()
        self.station()

    def station(self, memory: Path | None = None) -> None:
        """A ground station that has only begun: nothing is known but what `memory` keeps."""
        self.session = VehicleSession(
            system_id=self.vehicle.config.system_id,
            name=DroneName("qyran-1", "One"),
            transmit=self._transmit,
        )
        self.pilot = Pilot(
            self.session, told=self.heard.append, targets=self.targets, memory=memory
        )

    async def brings(self, plan: Plan) -> None:
        """Put a plan on board."""
        for kind in (MissionType.FENCE, MissionType.RALLY, MissionType.MISSION):
            sender = PlanSender(
                own=GROUND_STATION,
                vehicle=self.session.address,
                mission_type=kind,
                items=wire_of(plan, kind),
            )
            assert (await self.session.run(sender, self.now)).end is TransferEnd.COMPLETE
        self.session.plan = plan
        assert await self.session.until(
            lambda state: (
                state.mission_total == len(plan.items) and state.mission_state != MISSION_STATE_NONE
            ),
            timeout_s=10.0,
        )

    @property
    def now(self) -> float:
        """The loop's time, seconds."""
        return asyncio.get_running_loop().time()

    async def ready(self) -> None:
        """Wait until it can be armed and knows its home."""
        assert await self.session.until(
            lambda state: state.ready_to_arm is True and state.home is not None, timeout_s=60.0
        )

    async def world(self) -> None:
        """Let the vehicle live, until cancelled."""
        beat_s = 0.0
        while True:
            now_s = asyncio.get_running_loop().time()
            self._clock.advance(max(0.0, now_s - self._clock.now_s()))
            self._deliver(self.vehicle.step(now_s), now_s)
            if self.beats and now_s >= beat_s:
                beat_s = now_s + 1.0
                self._transmit(HEARTBEAT)
            self.session.tick(now_s)
            await asyncio.sleep(TICK_S)

    def _transmit(self, send: Send) -> None:
        self.sent.append(send.name)
        now_s = asyncio.get_running_loop().time()
        for message in [] if self.lost else self._up.feed(self._ground.encode_send(send)):
            # An answer is never there before the question has left.
            asyncio.get_running_loop().call_soon(self._answered, message, now_s)

    def _answered(self, message: Message, now_s: float) -> None:
        self._deliver(self.vehicle.receive("ground", message, now_s), now_s)

    def _deliver(self, sent: list[Outgoing], now_s: float) -> None:
        for out in sent:
            if out.link == "ground" and not self.lost:
                for message in self._down.feed(self._bytes(out)):
                    self.session.receive(message, now_s)

    def _bytes(self, out: Outgoing) -> bytes:
        if out.forwarded is not None:
            return out.forwarded.frame
        voice = self._voices.setdefault(
            out.component_id,
            Encoder(system_id=self.vehicle.config.system_id, component_id=out.component_id),
        )
        return voice.encode_send(out.send)


def flown(deeds: Deeds, *, voice: Voice | None = None, **parameters: float) -> Bench:
    """Run `deeds(bench)` against a vehicle that is ready, in virtual time."""
    clock = SteppedClock()
    payload = None if voice is None else PayloadComponent(voice=voice)
    vehicle = Vehicle(VehicleConfig(parameters=parameters), clock=clock, payload=payload)
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_flown(Bench(vehicle, clock), deeds))
    finally:
        loop.close()


async def _flown(bench: Bench, deeds: Deeds) -> Bench:
    world = asyncio.create_task(bench.world())
    done = asyncio.ensure_future(_done(bench, deeds))
    try:
        # A world that broke ends the test with what broke it.
        await asyncio.wait((world, done), return_when=asyncio.FIRST_COMPLETED)
        if world.done():
            world.result()
        await done
    finally:
        bench.pilot.close()
        world.cancel()
        done.cancel()
        await asyncio.gather(world, done, return_exceptions=True)
    return bench


FleetDeeds = Callable[[list[Bench]], Coroutine[Any, Any, None]]


def flown_together(deeds: FleetDeeds, configs: Sequence[VehicleConfig]) -> list[Bench]:
    """Run `deeds(benches)` against vehicles that are ready, on one virtual clock."""
    loop = VirtualLoop()
    clock = SteppedClock()
    benches = [Bench(Vehicle(config, clock=clock, payload=None), clock) for config in configs]

    async def flight() -> None:
        worlds = [asyncio.create_task(bench.world()) for bench in benches]
        try:
            for bench in benches:
                await bench.ready()
            await deeds(benches)
            assert not any(world.done() for world in worlds)
        finally:
            for bench in benches:
                bench.pilot.close()
            for world in worlds:
                world.cancel()
            await asyncio.gather(*worlds, return_exceptions=True)

    try:
        loop.run_until_complete(flight())
    finally:
        loop.close()
    return benches


async def _done(bench: Bench, deeds: Deeds) -> None:
    await bench.ready()
    await deeds(bench)


@pytest.fixture(scope="session")
def fly() -> Any:
    """Runs deeds against a fresh simulated vehicle."""
    return flown


@pytest.fixture(scope="session")
def fly_together() -> Any:
    """Runs deeds against several fresh simulated vehicles, each with its pilot."""
    return flown_together
