"""The flights of a fleet from the arguments: divided, timed and assembled."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace

from missions.asked.asking import Asked, Made
from missions.asked.fleet import Member
from missions.asked.shapes import asked_shapes, middles, only
from missions.asked.surroundings import asked_wind
from missions.checks.around.track import flown_track
from missions.commands.finish import assembled
from missions.errors import Failed
from missions.fleet.allot import EFFORT
from missions.fleet.area_split import QUICKLY, AreaTask, split_area
from missions.fleet.battery import BatteryUse, battery_use
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import DroneWork, Eye, FleetWork
from missions.fleet.laid_out import LaidOut, lay_out
from missions.fleet.places_split import PlacesTask, split_places
from missions.fleet.reckoned import several_flights
from missions.heights import HeightAboveHome
from missions.path import CameraAction, PatrolPath
from missions.plan import Plan
from missions.plan_time import predict_flight

# How often batteries are reckoned shorter where a way home in the wind asks for more.
SHORTENED, SHORTER = 6, 0.98


def alike(drones: Sequence[FleetDrone], shorter: Sequence[FleetDrone]) -> list[FleetDrone]:
    """Drones of one kind reckoned with less battery by the same share, the least of them."""
    shares = [new.usable_s / old.usable_s for old, new in zip(drones, shorter, strict=True)]
    least = [
        min(
            share
            for other, share in zip(drones, shares, strict=True)
            if other.vehicle == one.vehicle
        )
        for one in drones
    ]
    return [
        _with_usable(one, share * one.usable_s) for one, share in zip(drones, least, strict=True)
    ]


def _with_usable(drone: FleetDrone, usable_s: float) -> FleetDrone:
    kept = drone.vehicle.reserve_fraction * drone.vehicle.endurance_s
    return replace(drone, endurance_s=kept + usable_s)


class FleetFlights:
    """The drones and their task."""

    def __init__(self, args: argparse.Namespace, members: tuple[Member, ...]) -> None:
        self.args, self.members = args, members
        self.wind = asked_wind(args.wind)
        self.shapes = asked_shapes(args)
        self._by_name = {one.drone.name: one for one in members}
        self._laid: LaidOut | None = None
        self._plans: dict[tuple[str, PatrolPath, float | None], Plan] = {}
        self._uses: dict[tuple[str, PatrolPath, bool, float | None], BatteryUse] = {}

    def divided(self) -> FleetWork:
        """The work, every flight within its battery.

        Raises:
            BadInput: the drawing lacks what the pattern needs.
            Failed: it is too far, or too windy, for what the fleet can fly.
        """
        drones = self._sounded()
        for tried in range(SHORTENED):
            # Each further division is searched for less long: most of the time goes into that.
            again = tried + (drones != [one.drone for one in self.members])
            work = self._split(drones, EFFORT // (1 + again))
            shorter = self._shorter(drones, work)
            if shorter == drones:
                return self._of_real_drones(work)
            # What one drone's flights showed, another's of its kind may meet in the next division.
            drones = alike(drones, shorter) if tried else shorter
        raise Failed("no division was found that every battery lasts in this wind")

    def member(self, drone: FleetDrone) -> Member:
        """A drone as it was asked for."""
        return self._by_name[drone.name]

    def asked(self, member: Member) -> Asked:
        """What its flights are made from."""
        vehicle = member.drone.vehicle
        return Asked(args=member.args, shapes=self.shapes, vehicle=vehicle, start=None)

    def plan_of(self, drone: FleetDrone, path: PatrolPath, transit_m: float | None = None) -> Plan:
        """A flight's plan to be timed, without a fence: that takes longer to make than all else.

        `transit_m` is the height of its ways from and to home.
        """
        key = drone.name, path, transit_m
        if key not in self._plans:
            self._plans[key] = self._plan_of(drone, path, transit_m)
        return self._plans[key]

    def _plan_of(self, drone: FleetDrone, path: PatrolPath, transit_m: float | None) -> Plan:
        member = self.member(drone)
        made = Made(path=path, sight=member.sight)
        height = None if transit_m is None else HeightAboveHome(transit_m)
        asked = self.asked(member)
        unfenced = replace(asked, args=argparse.Namespace(**{**vars(asked.args), "fence_m": 0.0}))
        return assembled(unfenced, made, member.home, transit_height=height)

    def battery(self, one: DroneWork, index: int, transit_m: float | None = None) -> BatteryUse:
        """What one of a drone's flights leaves."""
        key = one.drone.name, one.paths[index], index == 0, transit_m
        if key not in self._uses:
            self._uses[key] = self._battery(*key)
        return self._uses[key]

    def _battery(
        self, name: str, path: PatrolPath, first: bool, transit_m: float | None
    ) -> BatteryUse:
        drone = self._by_name[name].drone
        plan = self.plan_of(drone, path, transit_m)
        asked_m = self.args.return_height_m
        height_m = drone.vehicle.px4.rtl_return_alt_m if asked_m is None else asked_m
        return battery_use(plan, drone, self.wind, first=first, return_height_m=height_m)

    def _flight_s(self, drone: FleetDrone, path: PatrolPath) -> float:
        plan = self.plan_of(drone, path)
        flight = predict_flight(plan, drone.vehicle, self.wind)
        seconds = 0.0 if flight is None else flight.landed_s
        if not math.isfinite(seconds):
            # The prediction finds no end to it: leg by leg there may be one.
            track = flown_track(plan, drone.vehicle, wind=self.wind)
            seconds = math.inf if track is None else track.duration_s
        if not math.isfinite(seconds):
            raise Failed(f"a wind of {self.wind.speed_m_s:g} m/s is too strong for {drone.name}")
        return seconds

    def _sounded(self) -> list[FleetDrone]:
        """The drones, reckoned with less battery where a quick division of more than one flight
        each asks for more than they have: one searched for long would be thrown away."""
        drones = [one.drone for one in self.members]
        laid = self._laid_out(drones)
        if laid is None or not several_flights(laid.work):
            return drones
        return self._shorter(drones, self._split(drones, EFFORT // QUICKLY, sounded=True))

    def _shorter(self, drones: Sequence[FleetDrone], work: FleetWork) -> list[FleetDrone]:
        return [self._shortened(drone, one) for drone, one in zip(drones, work.drones, strict=True)]

    def _shortened(self, drone: FleetDrone, one: DroneWork) -> FleetDrone:
        """The drone, reckoned with less battery if one of its flights asks for more than it has."""
        uses = [self.battery(one, i) for i in range(len(one.paths))]
        if all(use.lasts for use in uses):
            return drone
        share = min(use.usable / use.needed for use in uses)
        usable_s = min(drone.usable_s, max(one.flights_s)) * min(SHORTER, share * SHORTER)
        return _with_usable(drone, usable_s)

    def _spare_s(self, one: DroneWork, index: int) -> float:
        use = self.battery(one, index)
        if use.lasts:
            return max(0.0, use.usable - use.needed) * one.drone.vehicle.endurance_s
        return (use.usable - use.needed) * one.drone.vehicle.endurance_s

    def _of_real_drones(self, work: FleetWork) -> FleetWork:
        """The work with each drone's battery as it is, not as it was reckoned."""
        drones = tuple(replace(one, drone=self.member(one.drone).drone) for one in work.drones)
        return replace(work, drones=drones)

    def _split(
        self, drones: Sequence[FleetDrone], effort: int = EFFORT, *, sounded: bool = False
    ) -> FleetWork:
        laid = self._laid_out(drones)
        if laid is None:
            return split_places(self._places(), drones, self._eyes(), self._flight_s)
        task = replace(self._area(), laid=laid, effort=effort, sounded=sounded)
        return split_area(task, drones, self._eyes(), self._flight_s, self._spare_s)

    def _eyes(self) -> list[Eye]:
        return [one.eye(looks_down=True) for one in self.members]

    def _laid_out(self, drones: Sequence[FleetDrone]) -> LaidOut | None:
        """The area laid out, once; None where places are visited."""
        if self.args.pattern == "sweep" and self._laid is None:
            self._laid = lay_out(self._area(), drones, self._eyes())
        return self._laid

    def _area(self) -> AreaTask:
        args = self.args
        return AreaTask(
            area=only(self.shapes.areas, args, "area"),
            no_fly=self.shapes.no_fly,
            wind=self.wind,
            swap_s=args.swap_s,
            seed=args.seed,
        )

    def _places(self) -> PlacesTask:
        args = self.args
        return PlacesTask(
            places=self.shapes.places or middles(self.shapes),
            dwell_s=args.dwell_s,
            standoff_m=max(0.0, args.standoff_m or 0.0),
            action=CameraAction(args.action) if args.action else None,
            no_fly=self.shapes.no_fly,
            wind=self.wind,
            swap_s=args.swap_s,
            seed=args.seed,
        )
