"""The demo's five patrols, planned by `qyran plan` and flown in this process by stepped time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.report import told
from missions.errors import Failed
from missions.files import read_plan
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, mission_wire
from sim.camera.studio import Exposure
from sim.clock import SteppedClock
from sim.configuration import CameraSettings
from sim.demo.patrol import Patrol, read_patrols, run_together
from sim.district.features import District
from sim.district.files import write_district
from sim.vehicle.config import StreamProfile, VehicleConfig
from sim.vehicle.vehicle import GROUND, Vehicle
from sim.world.scenario import Scenario, read_scenario
from sim.world.timeline import Timeline
from sim.world.world import World

SEED = 7
GROUND_AMSL_M = 129.0
STEP_S = 0.1
READY_WITHIN_S = 120.0
MISSION_START, COMMAND_ACCEPTED = 300, 0
STATION = Address(255, 190)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An invented district with its files, and a planned patrol a drone."""

    folder: Path
    district: District
    scenario: Scenario
    patrols: Sequence[Patrol]

    def plan_file(self, patrol: Patrol) -> Path:
        """The plan of one drone."""
        return self.folder / f"{patrol.drone_id}.plan"


@contextmanager
def scene() -> Iterator[Scene]:
    """The demo's district and plans, in a folder that goes when the block ends."""
    with TemporaryDirectory(prefix="qyran-benchmark-") as name:
        folder = Path(name)
        told("inventing the district and planning five patrols")
        district = write_district(folder, SEED)
        made = Scene(
            folder=folder,
            district=district,
            scenario=read_scenario(folder / "scenario.toml"),
            patrols=read_patrols(folder),
        )
        run_together({each.drone_id: _planning(made, each) for each in made.patrols})
        yield made


def _planning(made: Scene, patrol: Patrol) -> list[str]:
    plan = made.plan_file(patrol)
    path = plan.with_suffix(".json")
    return patrol.plan_arguments(ground_amsl_m=GROUND_AMSL_M, plan=plan, path=path)


def started(
    made: Scene, patrols: Sequence[Patrol], clock: SteppedClock, streams: StreamProfile = "lean"
) -> list[Vehicle]:
    """Vehicles that have just been told to fly their patrols, as a ground station would.

    Raises:
        Failed: one is not ready in time, or refuses its plan or the order to start.
    """
    vehicles = [_vehicle(each, clock, streams) for each in patrols]
    _step_until_ready(vehicles, clock)
    for vehicle, patrol in zip(vehicles, patrols, strict=True):
        _upload(vehicle, made.plan_file(patrol), clock.now_s())
    for _ in range(30):
        _step(vehicles, clock)
    for vehicle in vehicles:
        _start(vehicle, clock.now_s())
    return vehicles


def flights(made: Scene, frames_each: int, *, from_s: float) -> dict[str, list[Exposure]]:
    """What the cameras take, `frames_each` a drone, from so long after the take-off.

    Drones, world and cameras run together at the demo's frame rate, as in `qyran sim`.
    """
    told(f"flying five patrols for {frames_each} exposures each")
    clock = SteppedClock()
    vehicles = started(made, made.patrols, clock)
    timeline = Timeline(World(made.district, made.scenario, SEED))
    timeline.advance(clock.now_s(), {}, most_steps=10_000)
    began_s = clock.now_s()
    took_off_s = {vehicle.name: began_s for vehicle in vehicles}
    steps = round(1.0 / CameraSettings().frame_rate_hz / STEP_S)
    taken: dict[str, list[Exposure]] = {vehicle.name: [] for vehicle in vehicles}
    for step in range(round(from_s / STEP_S) + frames_each * steps):
        _step(vehicles, clock)
        timeline.advance(clock.now_s(), took_off_s, most_steps=4)
        if clock.now_s() - began_s < from_s or step % steps:
            continue
        for vehicle in vehicles:
            taken[vehicle.name].append(_exposure(vehicle, timeline, len(taken[vehicle.name])))
    return {name: exposures[:frames_each] for name, exposures in taken.items()}


def _exposure(vehicle: Vehicle, timeline: Timeline, number: int) -> Exposure:
    now_s = vehicle.now_s
    return Exposure(
        drone_id=vehicle.name, number=number, pose=vehicle.pose(now_s), world=timeline.at(now_s)
    )


def _vehicle(patrol: Patrol, clock: SteppedClock, streams: StreamProfile) -> Vehicle:
    config = VehicleConfig(
        instance=patrol.system_id - 1,
        drone_id=patrol.drone_id,
        latitude_deg=patrol.home_latitude_deg,
        longitude_deg=patrol.home_longitude_deg,
        ground_amsl_m=GROUND_AMSL_M,
        streams=streams,
    )
    return Vehicle(config, clock=clock, seed=SEED, booted_at_s=clock.now_s())


def _step(vehicles: Sequence[Vehicle], clock: SteppedClock) -> None:
    now_s = clock.advance(STEP_S)
    for vehicle in vehicles:
        vehicle.step(now_s)


def _step_until_ready(vehicles: Sequence[Vehicle], clock: SteppedClock) -> None:
    while not all(vehicle.aircraft.commander.ready for vehicle in vehicles):
        if clock.now_s() > READY_WITHIN_S:
            raise Failed(f"a simulated vehicle is not ready after {READY_WITHIN_S:g} s")
        _step(vehicles, clock)


def _upload(vehicle: Vehicle, plan: Path, now_s: float) -> None:
    sender = PlanSender(
        own=STATION,
        vehicle=Address(vehicle.config.system_id, 1),
        mission_type=MissionType.MISSION,
        items=mission_wire(read_plan(plan)),
    )
    sends = sender.start(now_s)
    while sends:
        answers = [answer for send in sends for answer in _say(vehicle, send, now_s)]
        sends = [send for answer in answers for send in sender.receive(answer, now_s)]
    if sender.outcome is None or not sender.outcome.complete:
        raise Failed(f"{vehicle.name} did not take its plan")


def _start(vehicle: Vehicle, now_s: float) -> None:
    fields = {"command": MISSION_START, "target_system": vehicle.config.system_id}
    order = Send("COMMAND_LONG", fields | {"target_component": 1, "param1": -1.0})
    answers = _say(vehicle, order, now_s)
    if [each.result for each in answers if each.name == "COMMAND_ACK"] != [COMMAND_ACCEPTED]:
        raise Failed(f"{vehicle.name} did not start its mission")


def _say(vehicle: Vehicle, send: Send, now_s: float) -> list[Message]:
    """Tell the vehicle something on the ground link; its answers, all as bytes on the way."""
    station = Encoder(system_id=STATION.system_id, component_id=STATION.component_id)
    answers = Encoder(system_id=vehicle.config.system_id, component_id=1)
    decoder = Decoder()
    return [
        heard
        for message in Decoder().feed(station.encode_send(send))
        for out in vehicle.receive(GROUND, message, now_s)
        for heard in decoder.feed(answers.encode_send(out.send))
    ]
