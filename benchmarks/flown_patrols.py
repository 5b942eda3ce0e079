"""Many simulated vehicles on patrols of their own, in one process and with one flight core."""

import math
from collections.abc import Sequence

from missions.errors import Failed
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanSender
from onboard.mavlink.plan_items import MissionType, WireItem
from sim.clock import SteppedClock
from sim.vehicle.config import LinkName, StreamProfile, VehicleConfig
from sim.vehicle.fleet import Wire, advance_all, vehicles_of
from sim.vehicle.together import Said
from sim.vehicle.vehicle import GROUND, Vehicle

STATION = Address(255, 190)
LATITUDE_DEG, LONGITUDE_DEG, GROUND_AMSL_M = 44.85, 65.51, 129.0
DEG_PER_M_NORTH, DEG_PER_M_EAST = 1.0 / 111_132.0, 1.0 / 79_000.0
APART_M, LANES, LANE_M, LANES_APART_M, HEIGHT_M = 400.0, 6, 200.0, 30.0, 40.0
# As far as a fleet that runs a hundred times real time goes in one turn of its loop.
STEP_S = 1.0
ALL: tuple[LinkName, ...] = ("ground", "companion", "payload", "gimbal")
NAV_TAKEOFF, NAV_WAYPOINT, NAV_RETURN, MISSION_START, ACCEPTED = 22, 16, 20, 300, 0


class FlownPatrols:
    """Vehicles that fly; every link is encoded as its socket would, and counted."""

    def __init__(
        self,
        count: int,
        *,
        streams: StreamProfile,
        payload: bool = False,
        links: tuple[LinkName, ...] = ("ground", "companion"),
    ) -> None:
        self.clock = SteppedClock()
        configs = [
            VehicleConfig(
                instance=number,
                drone_id=f"drone-{number + 1}",
                latitude_deg=LATITUDE_DEG + number * APART_M * DEG_PER_M_NORTH,
                longitude_deg=LONGITUDE_DEG,
                ground_amsl_m=GROUND_AMSL_M,
                streams=streams,
                payload=payload,
                links=ALL if payload else links,
            )
            for number in range(count)
        ]
        self.vehicles = vehicles_of(configs, clock=self.clock)
        self.sent_bytes = 0
        self._wires = [Wire(vehicle) for vehicle in self.vehicles]

    @property
    def messages(self) -> int:
        """Messages that the flight core has streamed."""
        return sum(
            link.streams.sent for vehicle in self.vehicles for link in vehicle.links.values()
        )

    def fly(self, seconds: float) -> None:
        """Move every vehicle on by so many virtual seconds."""
        for _ in range(round(seconds / STEP_S)):
            now_s = self.clock.advance(STEP_S)
            for wire, said in zip(self._wires, advance_all(self.vehicles, now_s), strict=True):
                self.sent_bytes += sum(len(wire.frames(each)) for each in said)

    def start(self) -> "FlownPatrols":
        """Upload a patrol to every vehicle and start it.

        Raises:
            Failed: one is not ready in time, or refuses its plan or the order to start.
        """
        self.fly(8.0)
        for vehicle in self.vehicles:
            self._upload(vehicle)
        self.fly(2.0)
        for vehicle in self.vehicles:
            self._start(vehicle)
        return self

    def _upload(self, vehicle: Vehicle) -> None:
        now_s = self.clock.now_s()
        sender = PlanSender(
            own=STATION,
            vehicle=Address(vehicle.config.system_id, 1),
            mission_type=MissionType.MISSION,
            items=_patrol(vehicle.config),
        )
        sends = sender.start(now_s)
        while sends:
            answers = [answer for send in sends for answer in self._say(vehicle, send)]
            sends = [send for answer in answers for send in sender.receive(answer, now_s)]
        if sender.outcome is None or not sender.outcome.complete:
            raise Failed(f"{vehicle.name} did not take its plan")

    def _start(self, vehicle: Vehicle) -> None:
        fields = {"command": MISSION_START, "target_system": vehicle.config.system_id}
        order = Send("COMMAND_LONG", fields | {"target_component": 1, "param1": -1.0})
        answers = self._say(vehicle, order)
        if [each.result for each in answers if each.name == "COMMAND_ACK"] != [ACCEPTED]:
            raise Failed(f"{vehicle.name} did not start its mission")

    def _say(self, vehicle: Vehicle, send: Send) -> list[Message]:
        station = Encoder(system_id=STATION.system_id, component_id=STATION.component_id)
        wire = Wire(vehicle)
        said: Sequence[Said] = [
            out
            for message in Decoder().feed(station.encode_send(send))
            for out in vehicle.receive(GROUND, message, self.clock.now_s())
        ]
        return Decoder().feed(b"".join(wire.frames(each) for each in said if each.link == GROUND))


def _patrol(config: VehicleConfig) -> list[WireItem]:
    """A take-off, lanes to and fro, and the return."""
    corners = [(0.0, 0.0)]
    for lane in range(LANES):
        east_m = LANES_APART_M * lane
        ends = (0.0, LANE_M) if lane % 2 == 0 else (LANE_M, 0.0)
        corners += [(north_m, east_m) for north_m in ends]
    items = [
        _item(config, NAV_TAKEOFF if index == 0 else NAV_WAYPOINT, *corner)
        for index, corner in enumerate(corners)
    ]
    return [*items, WireItem(frame=2, command=NAV_RETURN, x=0, y=0, z=0.0)]


def _item(config: VehicleConfig, command: int, north_m: float, east_m: float) -> WireItem:
    return WireItem(
        frame=6,
        command=command,
        x=round((config.latitude_deg + north_m * DEG_PER_M_NORTH) * 1e7),
        y=round((config.longitude_deg + east_m * DEG_PER_M_EAST) * 1e7),
        z=HEIGHT_M,
        param4=math.nan,
    )
