"""What comes before and behind a path: take-off and the way there, the way home and the landing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.plan import Home, MissionItem
from missions.transit import way_round
from missions.vehicle import Vehicle
from missions.wind import Wind
from missions.winged_plan import into, landings, takeoffs
from missions.winged_transit import ClosedToWings, Transit, WingedTransits, WingedWays

Items = tuple[MissionItem, ...]
ByPlaces = Callable[[Sequence[GeoPoint]], Items]

NO_WAY_OUT = "no take-off and way to the path was found that keeps the turns of wings off the zones"
NO_WAY_BACK = "no way home and landing was found that keeps the turns of wings off the zones"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """Items before and behind a path, and the places where they lead, for the fence."""

    before: Items
    out: Items
    back: Items
    behind: Items
    begins: tuple[GeoPoint, ...]
    ends: tuple[GeoPoint, ...]
    # What ways were not found, in words.
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every way was found."""
        return not self.notes


def winged_frame(
    path: PatrolPath,
    home: Home,
    flown: Items,
    *,
    vehicle: Vehicle,
    speed_m_s: float,
    by_out: ByPlaces,
    by_back: ByPlaces,
    height: HeightAboveHome,
    land_at: GeoPoint | None,
    no_fly: tuple[Area, ...],
    holes: tuple[Area, ...],
    clearance_m: float,
    wind: Wind,
) -> Framed:
    """How a path, `flown` as items, is begun at home and ended there or at `land_at`.

    Where no way is found that keeps off holes and zones, holes are flown over; where none keeps off
    the zones, the ways are straight, and the notes say so.
    """
    ground = land_at or home.position
    course = into(wind, home.position, path.points[0].position)
    begun = list(
        takeoffs(home.position, vehicle=vehicle, speed_m_s=speed_m_s, height=height, course=course)
    )
    ended = list(
        landings(ground, vehicle=vehicle, course=into(wind, ground, path.points[0].position))
    )
    plane = LocalPlane(home.position)

    strictly = ClosedToWings.by(plane, no_fly, vehicle, wind)

    def found(find: Callable[[WingedTransits], Transit | None], by: ByPlaces) -> Transit | None:
        for zones in ((*no_fly, *holes), no_fly)[: 2 if holes else 1]:
            closed = ClosedToWings.by(plane, zones, vehicle, wind) if holes else strictly

            def way_about(
                a: GeoPoint, b: GeoPoint, clear_m: float, zones: tuple[Area, ...] = zones
            ) -> tuple[GeoPoint, ...] | None:
                return way_round(a, b, zones, clearance_m=clear_m)

            one = find(WingedTransits(WingedWays(closed, clearance_m, way_about), strictly, by))
            if one is not None:
                return one
        return None

    out = found(lambda ways: ways.out(home, begun, flown), by_out)
    back = found(lambda ways: ways.back(flown, ended), by_back)
    notes = ((out, NO_WAY_OUT), (back, NO_WAY_BACK))
    begins, ends = out or Transit(end=begun[0], way=()), back or Transit(end=ended[0], way=())
    return Framed(
        before=begins.end.items,
        out=by_out(begins.way),
        back=by_back(ends.way),
        behind=ends.end.items,
        begins=(*begins.end.within, *begins.way),
        ends=(*ends.way, *ends.end.within),
        notes=tuple(said for one, said in notes if one is None),
    )
