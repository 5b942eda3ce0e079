"""Faults in a running simulation: those of a scenario file and those that somebody asks for.

The vehicles are behind their sockets and in real time; triggers look at the truth of the simulation
and at what the vehicles said. Orders and expectations are not for here: the ground station is
somebody else's.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from sim.configuration import SimulationConfig, VehicleEntry
from sim.scenario.entries import ActiveFault
from sim.scenario.schema import EVERY_DRONE, FaultEntry, Scenario
from sim.scenario.vehicle_truth import VehicleTruth
from sim.vehicle.config import StreamProfile
from sim.vehicle.shell import Fleet
from sim.vehicle.vehicle import GROUND, Vehicle
from sim.vehicle.wire.outgoing import Outgoing
from sim.vehicle.wire.udp_link import LinkSocket

LOOK_EVERY_S = 0.1


class LiveDrone(VehicleTruth):
    """A vehicle behind sockets; `linked` is whether it hears a ground station."""

    def __init__(
        self,
        vehicle: Vehicle,
        *,
        pad: tuple[float, float],
        others: Sequence[VehicleTruth],
        fleet: Fleet,
    ) -> None:
        super().__init__(vehicle, pad=pad, others=others)
        self._fleet = fleet
        self._reached: set[int] = set()
        self._texts: list[str] = []

    @property
    def links(self) -> Mapping[str, LinkSocket]:
        """Its sockets by the link's name."""
        return self._fleet.links(self.vehicle)

    @property
    def linked(self) -> bool:
        """Whether a ground station's heartbeat reached it lately."""
        return not self.vehicle.aircraft.commander.flags.ground_station_lost

    def has_reached(self, item: int) -> bool:
        """Whether it said on its ground link that a mission item was reached."""
        return item in self._reached

    def was_told(self, text: str) -> bool:
        """Whether a text that it said on its ground link contains this one."""
        return any(text in said for said in self._texts)

    def note(self, out: Outgoing) -> None:
        """It said something on its ground link."""
        if out.send.name == "MISSION_ITEM_REACHED":
            self._reached.add(out.send.fields["seq"])
        elif out.send.name == "STATUSTEXT":
            text = str(out.send.fields["text"]).rstrip("\t")
            goes_on = bool(out.send.fields.get("chunk_seq")) and bool(self._texts)
            self._texts.append(self._texts.pop() + text if goes_on else text)


class LiveFaults:
    """The faults of a running fleet; begins and ends them as the fleet's clock goes on."""

    def __init__(self, fleet: Fleet, *, home: GeoPoint) -> None:
        self._clock = fleet.clock
        plane = LocalPlane(home)
        self.drones: list[LiveDrone] = []
        for vehicle in fleet.vehicles:
            place = vehicle.config
            east_m, north_m = plane.en(
                GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
            )
            pad = (north_m, east_m)
            self.drones.append(LiveDrone(vehicle, pad=pad, others=self.drones, fleet=fleet))
        self._by_id = {drone.id: drone for drone in self.drones}
        self._active: list[ActiveFault] = []
        self._look_at_s = 0.0
        fleet.watchers.append(self.look)
        fleet.listeners.append(self._hear)

    def begin(self, entries: Sequence[FaultEntry]) -> int:
        """Let faults happen, each by its own trigger; how many drones they are about in all.

        Raises:
            BadInput: an entry names a drone that there is not.
        """
        begun = [
            ActiveFault(entry, drone, self._looked_at(entry, drone), since_s=self._clock.now_s())
            for entry in entries
            for drone in self._about(entry)
        ]
        self._active += begun
        self._look_at_s = 0.0
        return len(begun)

    def end_all(self) -> int:
        """Make everything well that can be made well, and forget what has not begun."""
        ended = len(self._active)
        for fault in self._active:
            fault.end()
        self._active.clear()
        return ended

    def look(self, now_s: float) -> None:
        """Begin and end what is due."""
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_EVERY_S
        for fault in self._active:
            fault.look(now_s)
        self._active = [fault for fault in self._active if not fault.over]

    def state(self) -> dict[str, Any]:
        """What is wrong now, and how the drones fare."""
        return {
            "now_s": round(self._clock.now_s(), 3),
            "faults": [
                {"drone": each.drone.id, "begun": each.on, **each.entry.kind()}
                for each in self._active
            ],
            "drones": [_row(drone) for drone in self.drones],
        }

    def _about(self, entry: FaultEntry) -> list[LiveDrone]:
        if entry.drone == EVERY_DRONE:
            return self.drones
        return [self._drone(entry.drone)]

    def _looked_at(self, entry: FaultEntry, drone: LiveDrone) -> LiveDrone:
        return drone if entry.of is None else self._drone(entry.of)

    def _drone(self, drone_id: str) -> LiveDrone:
        drone = self._by_id.get(drone_id)
        if drone is None:
            there = ", ".join(self._by_id)
            raise BadInput(where="drone", what=f"there is no {drone_id}; there are: {there}")
        return drone

    def _hear(self, vehicle: Vehicle, out: Outgoing) -> None:
        if out.link == GROUND:
            self._by_id[vehicle.name].note(out)


def _row(drone: LiveDrone) -> dict[str, Any]:
    """A drone for `state`: where it is, what it flies, and what its links did to datagrams."""
    return {
        "id": drone.id,
        "mode": str(drone.mode),
        "armed": drone.armed,
        "airborne": drone.airborne,
        "north_m": round(drone.north_m, 2),
        "east_m": round(drone.east_m, 2),
        "height_m": round(drone.height_m, 2),
        "battery_remaining": round(drone.battery_remaining, 3),
        "inside_fence": drone.inside_fence,
        "lost_up": {name: link.up.counters.lost for name, link in drone.links.items()},
        "lost_down": {name: link.down.counters.lost for name, link in drone.links.items()},
    }


def configured(scenario: Scenario, *, streams: StreamProfile) -> SimulationConfig:
    """A scenario's drones on their pads, as a simulation behind sockets."""
    home = scenario.home
    plane = LocalPlane(GeoPoint(latitude_deg=home.latitude_deg, longitude_deg=home.longitude_deg))
    vehicles = []
    for number, drone in enumerate(scenario.drones):
        place = plane.geo(drone.pad.east_m, drone.pad.north_m)
        vehicles.append(
            VehicleEntry(
                instance=number,
                drone_id=drone.id,
                home_latitude_deg=place.latitude_deg,
                home_longitude_deg=place.longitude_deg,
                heading_rad=math.radians(drone.heading_deg),
                streams=streams,
                parameters=drone.parameters,
            )
        )
    return SimulationConfig(
        seed=scenario.seed, ground_height_amsl_m=home.ground_amsl_m, vehicles=tuple(vehicles)
    )
