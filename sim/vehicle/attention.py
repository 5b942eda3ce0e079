"""When a vehicle's mind looks: at every point of the thinking grid, or only where it may matter.

Commander and navigator look at the vehicle twenty times a second, as PX4's navigator does. Most
looks change nothing, so the flight core passes over those at which nothing can have changed.
Whoever needs every look says so (`Navigator.wants_every_tick`); a mode that is not known here has
it. A flight is the same either way.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.core.run import HEIGHT, NOTHING, PLACE
from sim.vehicle.fence import FenceOnBoard, FencePart
from sim.vehicle.guidance import Leg
from sim.vehicle.trajectory import Ned

if TYPE_CHECKING:
    from sim.vehicle.aircraft import Aircraft

# A change is looked at again for as long as the slowest check waits (0.1 s), and a little longer.
AWAKE_LOOKS = 4
# Another place to fly to is no change of what is checked; the checks run at every second look.
TURNED_LOOKS = 2
HERE = Ned(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A place whose reaching the mind must see; `height_only` for a take-off."""

    target: Ned
    radius_m: float
    room_m: float
    height_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Nothing changes until a boot second, a watched place, or `room_m` away from here."""

    until_s: float = math.inf
    watch: Watch | None = None
    room_m: float = math.inf


def crosses(boot_s: float, step_s: float, every_s: float) -> bool:
    """Whether the step that ends now passes a multiple of `every_s`: the same on every run."""
    return _passed(boot_s, every_s) != _passed(boot_s - step_s, every_s)


def next_crossing_s(boot_s: float, every_s: float) -> float:
    """The next multiple of `every_s`."""
    return (_passed(boot_s, every_s) + 1) * every_s - 1e-7


def _passed(boot_s: float, every_s: float) -> int:
    return math.floor(boot_s / every_s + 1e-6)


class Attention:
    """One vehicle's looks; `lazy` False looks at every point of the grid."""

    def __init__(self, core: FleetCore, index: int) -> None:
        self.lazy = True
        self._core, self._index = core, index
        self._wakes = core.mind["wake"]
        self._awake = 0

    def wake(self, looks: int = AWAKE_LOOKS) -> None:
        """Something changed from outside: look at the next points of the grid."""
        self._awake = max(looks, self._awake)
        self._wakes[self._index] = True

    def plan(self, quiet: Quiet | None, position: Ned) -> None:
        """Say when to look next, after a look; None: at every point."""
        mind, index = self._core.mind, self._index
        self._awake = max(self._awake - 1, 0)
        self._wakes[index] = self._awake > 0
        if quiet is None or not self.lazy:
            mind["eager"][index] = True
            # What came of the last of these looks is looked at a while longer, too.
            self._awake = AWAKE_LOOKS
            return
        watch = quiet.watch
        mind["eager"][index] = False
        mind["think_by_s"][index] = quiet.until_s
        mind["roam_m"][index] = quiet.room_m
        mind["roam_from"][index] = position
        mind["watch"][index] = _kind(watch)
        if watch is not None:
            mind["watch_target"][index] = watch.target
            mind["watch_radius_m"][index] = watch.radius_m
            mind["watch_room_m"][index] = watch.room_m


def quiet(aircraft: "Aircraft") -> Quiet | None:
    """How long a look would change nothing; None where every look may count."""
    commander, navigator = aircraft.commander, aircraft.navigator
    by_s = min(commander.next_step_s(), aircraft.modes.next_look_s, navigator.next_look_s)
    if by_s <= aircraft.boot_s or aircraft.missions.waiting or not aircraft.estimate.settled:
        return None
    if not commander.armed:
        return Quiet(until_s=by_s) if aircraft.landed else None
    if not aircraft.flight.flying or aircraft.landed or navigator.wants_every_tick:
        return None
    room_m = fence_room_m(aircraft.missions.fence, aircraft.state.position, aircraft.state.home)
    if room_m <= 0.0:
        return None
    watch = _watched(aircraft)
    return None if watch is None else Quiet(until_s=by_s, watch=watch, room_m=room_m)


NOWHERE = Watch(target=HERE, radius_m=-1.0, room_m=0.0)


def _watched(aircraft: "Aircraft") -> Watch | None:
    """What a mode waits for; NOWHERE where it waits for nothing, None where it must look."""
    navigator, state = aircraft.navigator, aircraft.state
    mode, triplet = navigator.mode, navigator.triplet
    if mode in (Px4Mode.HOLD, Px4Mode.LAND):
        return NOWHERE
    if mode is Px4Mode.TAKEOFF and triplet.leg is not Leg.TAKEOFF:
        return NOWHERE
    if mode is Px4Mode.MISSION:
        return navigator.mission.watched(state)
    if mode is Px4Mode.RTL:
        return navigator.returning.watched(state)
    return None


def _kind(watch: Watch | None) -> int:
    if watch is None or watch is NOWHERE:
        return NOTHING
    return HEIGHT if watch.height_only else PLACE


# The fence measures on a sphere: a distance is up to 0.6 % longer there, or 0.5 % shorter.
ON_THE_SPHERE = 1.01


def fence_room_m(fence: FenceOnBoard, place: Ned, home: Ned) -> float:
    """How far the vehicle may go before it can break a limit; infinite without one."""
    room_m = math.inf
    level_m = math.hypot(place.n - home.n, place.e - home.e)
    if fence.max_horizontal_m > 0.0:
        room_m = min(room_m, fence.max_horizontal_m - level_m * ON_THE_SPHERE)
    if fence.max_vertical_m > 0.0:
        room_m = min(room_m, fence.max_vertical_m - (home.d - place.d))
    for part in fence.parts:
        room_m = min(room_m, _edge_m(part, place))
    # The look itself is a point of the grid later; a metre is 50 ms at 20 m/s.
    return room_m - 1.0 if math.isfinite(room_m) else room_m


def _edge_m(part: FencePart, place: Ned) -> float:
    """Distance to the edge of a part, either side."""
    if part.radius_m > 0.0:
        centre = part.corners[0]
        away_m = math.hypot(place.n - centre.n, place.e - centre.e)
        return abs(part.radius_m - away_m) - away_m * (ON_THE_SPHERE - 1.0)
    nearest = math.inf
    before = part.corners[-1]
    for corner in part.corners:
        nearest = min(nearest, _to_line_m(place, before, corner))
        before = corner
    return nearest


def _to_line_m(place: Ned, begin: Ned, end: Ned) -> float:
    dn, de = end.n - begin.n, end.e - begin.e
    pn, pe = place.n - begin.n, place.e - begin.e
    length = dn * dn + de * de
    along = 0.0 if length == 0.0 else max(0.0, min(1.0, (pn * dn + pe * de) / length))
    return math.hypot(pn - along * dn, pe - along * de)
