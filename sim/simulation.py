"""One process that simulates a district: vehicles on their links, the world, and the cameras.

The only place of `sim` where the parts are wired together.
"""

import asyncio
import math
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from missions.geodesy import GeoPoint
from sim.camera.stream import Frame, FrameServer
from sim.camera.studio import Exposure, Shot, Studio
from sim.clock import VirtualClock, utc_at
from sim.configuration import SimulationConfig
from sim.district.features import District
from sim.district.read import read_district
from sim.payload.voice import EspeakVoice
from sim.scenario.control import ControlServer
from sim.scenario.live import LiveFaults
from sim.scenario.schema import Scenario as FlightScenario
from sim.truth import TruthLog, utc_text
from sim.vehicle.shell import Fleet
from sim.vehicle.vehicle import Vehicle
from sim.world.scenario import Scenario, read_scenario
from sim.world.timeline import Timeline
from sim.world.world import World, WorldEvent

LOOK_EVERY_S = 0.008
CAMERA_WORKERS = 2
STEPS_AT_ONCE = 4
FLOWN_EVERY_S = 0.5
# The workers compute in Python half of the time; the links must not wait long for their turn.
SWITCH_INTERVAL_S = 0.001


class CameraPost:
    """One drone's camera: when its next picture is due, and its server."""

    def __init__(self, vehicle: Vehicle, server: FrameServer, *, first_s: float) -> None:
        self.vehicle = vehicle
        self.server = server
        self.next_s = first_s
        self.next_flown_s = 0.0
        self.number = 0
        self.taken = 0
        self.skipped = 0
        self.developing = False
        self.flying = False


class Observed:
    """A district that is watched: its world moves, its cameras see, its truth is written."""

    def __init__(
        self,
        config: SimulationConfig,
        fleet: Fleet,
        clock: VirtualClock,
        truth: TruthLog | None,
    ) -> None:
        assert config.district_folder is not None
        self._config = config
        self._clock = clock
        self._fleet = fleet
        self._truth = truth
        self.district: District = read_district(config.district_folder)
        scenario = Scenario()
        if config.scenario_file is not None:
            scenario = read_scenario(config.scenario_file)
        self._world = World(self.district, scenario, config.seed)
        self._timeline = Timeline(self._world)
        self._studio = Studio(
            self.district,
            self._world.bays,
            config.camera,
            ground_height_amsl_m=config.ground_height_amsl_m,
            seed=config.seed,
        )
        self._darkroom = ThreadPoolExecutor(CAMERA_WORKERS, thread_name_prefix="camera")
        self._took_off_s: dict[str, float] = {}
        self._failure: asyncio.Future[None] | None = None
        self.posts = [
            CameraPost(
                vehicle,
                FrameServer(
                    host=config.bind_host, port=config.camera_port(vehicle.config.instance)
                ),
                # Cameras take turns, so that their pictures do not all want the worker at once.
                first_s=number / len(fleet.vehicles) / config.camera.frame_rate_hz,
            )
            for number, vehicle in enumerate(fleet.vehicles)
        ]

    async def open(self) -> None:
        """Take every camera's port."""
        for post in self.posts:
            await post.server.open()

    async def run(self) -> None:
        """Move the world and take pictures until cancelled; ends with what a worker failed of."""
        self._failure = asyncio.get_running_loop().create_future()
        while not self._failure.done():
            self._look()
            await asyncio.sleep(LOOK_EVERY_S)
        self._failure.result()

    async def close(self) -> None:
        """Give the ports back and let the workers finish."""
        for post in self.posts:
            await post.server.close()
        self._darkroom.shutdown(wait=True, cancel_futures=True)
        # What a worker finished meanwhile is published, and its truth written, before all ends.
        await asyncio.sleep(0.0)

    def _look(self) -> None:
        now_s = max(post.vehicle.now_s for post in self.posts)
        covered = self._timeline.advance(now_s, self._took_off_s, most_steps=STEPS_AT_ONCE)
        for event in self._world.news():
            self._note(event)
        for post in self.posts:
            self._note_flight(post)
            if covered and post.vehicle.now_s >= post.next_s and not self._waits_for_reader(post):
                self._expose(post)
        if self._config.camera.clock_waits:
            self._pace(covered)

    def _waits_for_reader(self, post: CameraPost) -> bool:
        return self._config.camera.clock_waits and post.flying and post.server.owed

    def _pace(self, covered: bool) -> None:
        """Let the clock run no farther than half a period past a flying drone's next picture.

        It stands still while the world itself is behind.
        """
        half_s = 0.5 / self._config.camera.frame_rate_hz
        due = [post.next_s + half_s for post in self.posts if post.flying]
        self._clock.hold_at(min(due, default=math.inf) if covered else self._clock.now_s())

    def _note_flight(self, post: CameraPost) -> None:
        vehicle = post.vehicle
        if vehicle.now_s < post.next_flown_s:
            return
        post.next_flown_s = vehicle.now_s + FLOWN_EVERY_S
        pose = vehicle.pose(vehicle.now_s)
        if not pose.airborne:
            return
        self._took_off_s.setdefault(vehicle.name, vehicle.now_s)
        if self._truth is not None:
            row = {
                "boot_s": round(pose.boot_s, 6),
                "utc": utc_text(pose.utc),
                "latitude_deg": pose.latitude_deg,
                "longitude_deg": pose.longitude_deg,
                "height_amsl_m": round(pose.height_amsl_m, 4),
                "mission_seq": vehicle.aircraft.navigator.mission.current,
            }
            self._truth.flown(vehicle.name, row)

    def _expose(self, post: CameraPost) -> None:
        """Take the picture that is due; while the one before is in work it comes late.

        What comes later than a whole period is left out and counted.
        """
        vehicle, camera = post.vehicle, self._config.camera
        pose = vehicle.pose(vehicle.now_s)
        post.flying = pose.airborne
        rate_hz = camera.frame_rate_hz if post.flying else camera.frame_rate_on_ground_hz
        missed = int((vehicle.now_s - post.next_s) * rate_hz)
        post.skipped += missed
        post.next_s += missed / rate_hz
        if post.developing:
            return
        post.next_s += 1.0 / rate_hz
        post.number += 1
        exposure = Exposure(
            drone_id=vehicle.name,
            number=post.number,
            pose=pose,
            world=self._timeline.at(vehicle.now_s),
        )
        post.developing = True
        shooting = asyncio.get_running_loop().run_in_executor(
            self._darkroom, self._studio.shoot, exposure
        )
        shooting.add_done_callback(lambda shot: self._publish(post, exposure, shot))

    def _publish(
        self, post: CameraPost, exposure: Exposure, shooting: "asyncio.Future[Shot]"
    ) -> None:
        post.developing = False
        if shooting.cancelled():
            return
        error = shooting.exception()
        if error is not None:
            self._fail(error)
            return
        shot = shooting.result()
        frame = Frame(jpeg=shot.jpeg, boot_s=exposure.pose.boot_s, frame_id=exposure.frame_id)
        post.server.publish(frame)
        post.taken += 1
        if self._truth is not None:
            row = {**shot.truth, "wall_unix_s": round(time.time(), 6)}
            self._attempt(lambda truth: truth.frame(exposure.drone_id, row))

    def _attempt(self, write: Callable[[TruthLog], None]) -> None:
        """Write truth from a callback; a full disk ends the run instead of being lost there."""
        if self._truth is None:
            return
        try:
            write(self._truth)
        except Exception as error:  # noqa: BLE001 - handed to `run`, which raises it.
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)

    def _note(self, event: WorldEvent) -> None:
        if self._truth is None:
            return
        clock = self._fleet.clock
        at = self.district.plane.geo(*event.en)
        ended = None if event.ended_s is None else utc_text(utc_at(clock, event.ended_s))
        row: dict[str, Any] = {
            "id": event.id,
            "kind": event.kind,
            "began_utc": utc_text(utc_at(clock, event.began_s)),
            "ended_utc": ended,
            "latitude_deg": at.latitude_deg,
            "longitude_deg": at.longitude_deg,
            "object_ids": list(event.object_ids),
            "place": self._place_name(event.place),
            "place_id": event.place,
        }
        self._truth.event(row, harmless=event.harmless)

    def _place_name(self, place_id: str) -> str:
        places = {place.id: place.name.en for place in self.district.places}
        return places.get(place_id) or self.district.road(place_id).name.en


async def simulate(
    config: SimulationConfig,
    *,
    ready: Callable[[dict[str, Any]], None],
    stop: asyncio.Event,
    scenario: FlightScenario | None = None,
) -> dict[str, Any]:
    """Simulate until `stop` is set; `ready` is called once every port is open. Returns counts.

    The faults of `scenario` happen by their triggers.

    Raises:
        BadInput: a port, a file or a folder is not to be had.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    clock = VirtualClock(speed=config.speed)
    clock.pause()
    fleet = Fleet(config.fleet(), clock=clock)
    _give_voices(fleet)
    live = LiveFaults(fleet, home=_home(config, scenario))
    live.begin(() if scenario is None else scenario.faults)
    control = _control(config, live)
    truth = None if config.run_folder is None else TruthLog(config.run_folder)
    observed = None if config.district_folder is None else Observed(config, fleet, clock, truth)
    parts: list[Fleet | Observed] = [fleet] if observed is None else [fleet, observed]
    try:
        for part in parts:
            await part.open()
        if control is not None:
            await control.open()
        clock.resume()
        ready(_described(config, observed))
        await _until(stop, [asyncio.create_task(part.run()) for part in parts])
    finally:
        if observed is not None:
            await observed.close()
        if control is not None:
            control.close()
        fleet.close()
        if truth is not None:
            truth.close()
    return _counts(clock, observed)


def _give_voices(fleet: Fleet) -> None:
    """Their loudspeakers read texts out; what one has read the others know."""
    voice = EspeakVoice()
    for vehicle in fleet.vehicles:
        if vehicle.payload is not None:
            vehicle.payload.loudspeaker.voice = voice


def _home(config: SimulationConfig, scenario: FlightScenario | None) -> GeoPoint:
    """Where triggers count metres from: the scenario's home, or the first vehicle's place."""
    if scenario is not None:
        home = scenario.home
        return GeoPoint(latitude_deg=home.latitude_deg, longitude_deg=home.longitude_deg)
    first = config.vehicles[0]
    return GeoPoint(latitude_deg=first.home_latitude_deg, longitude_deg=first.home_longitude_deg)


def _control(config: SimulationConfig, live: LiveFaults) -> ControlServer | None:
    if config.control_port is None:
        return None
    port = config.control_port + config.port_offset
    return ControlServer(live, host=config.bind_host, port=port)


async def _until(stop: asyncio.Event, tasks: list["asyncio.Task[None]"]) -> None:
    """Wait for the order to stop, or for a part's failure, which is raised."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait((stopping, *tasks), return_when=asyncio.FIRST_COMPLETED)
    for task in (stopping, *tasks):
        task.cancel()
    await asyncio.gather(stopping, *tasks, return_exceptions=True)
    for task in done:
        task.result()


def _described(config: SimulationConfig, observed: Observed | None) -> dict[str, Any]:
    vehicles = []
    for entry in config.vehicles:
        row: dict[str, Any] = {
            "drone_id": entry.drone_id,
            "system_id": entry.instance + 1,
            "ground_link_port": 18570 + entry.instance + config.port_offset,
            "companion_link_port": 14580 + entry.instance + config.port_offset,
        }
        if observed is not None:
            port = config.camera_port(entry.instance)
            row["camera"] = f"http://{config.bind_host}:{port}/stream"
        vehicles.append(row)
    told: dict[str, Any] = {"ready": True, "speed": config.speed, "vehicles": vehicles}
    if config.control_port is not None:
        told["control_port"] = config.control_port + config.port_offset
    return told


def _counts(clock: VirtualClock, observed: Observed | None) -> dict[str, Any]:
    posts = [] if observed is None else observed.posts
    return {
        "simulated_s": round(clock.now_s(), 1),
        "frames": {post.vehicle.name: post.taken for post in posts},
        "frames_skipped": {post.vehicle.name: post.skipped for post in posts},
    }
