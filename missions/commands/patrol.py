"""`qyran plan --pattern patrol`: laps for several drones, a plan for each of their sorties."""

import argparse
import math
from collections.abc import Sequence
from typing import Any

from missions.area import Place
from missions.asked.asking import Asked, Made
from missions.asked.camera import Sight, asked_sight, asked_vehicle
from missions.asked.patrol import AskedPatrol, asked_patrol
from missions.checks import Finding
from missions.checks.finding import warning
from missions.commands.against import Against, asked_against
from missions.commands.briefing import Besides
from missions.commands.finish import Finished, asked_files, finish
from missions.commands.say import say
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.patrol.plan import PatrolPlan
from missions.patrol.planner import plan_patrol
from missions.patrol.rhythm import randomised
from missions.patrol.sorties import Sortie, lap_sorties, sortie_path, sorties
from missions.plan import Home
from missions.told_times import in_minutes
from missions.transit import way_round
from missions.vehicle import Vehicle

CLEARANCE_M = 10.0
MOST_SORTIES = 500


def patrol_command(args: argparse.Namespace) -> int:
    """Plan the patrol, write a plan for each sortie, say how good it is."""
    vehicle = asked_vehicle(args)
    sight = asked_sight(args, vehicle)
    against = asked_against(args, vehicle)
    asked = asked_patrol(args, vehicle, speed_m_s=sight.speed_m_s, height_m=sight.height_m)
    plan = plan_patrol(asked.site, drones=args.drones, battery=asked.battery, seed=args.seed)
    flown = _sorties(args, plan)
    if len(flown) > MOST_SORTIES:
        what = f"{len(flown)} sorties: at most {MOST_SORTIES} plans are written"
        raise BadInput(where="--hours" if args.by_chance else "--loops", what=what)
    writer = _Writer(args, asked, vehicle, sight, against)
    done = [writer.write(sortie, name) for name, sortie in _named(flown)]
    notes = _notes(args, asked)
    said = {**_figures(plan), "notes": notes, "plans": [said for said, _ in done]}
    findings = [*_intervals(plan, asked), *(one for _, part in done for one in part.findings)]
    lines = [
        *_lines(args, plan),
        *notes,
        *(line for told, part in done for line in _told(told, part)),
    ]
    return say(args, said, tuple(dict.fromkeys(findings)), lines)


def _sorties(args: argparse.Namespace, plan: PatrolPlan) -> list[Sortie]:
    if not args.by_chance:
        return [
            sortie
            for group in plan.groups
            for drone in group.drones
            for sortie in lap_sorties(plan, group, drone, laps=max(1, args.loops))
        ]
    until_s = 3600.0 * args.hours
    # The sorties under way at the end are flown home.
    longest_s = max(group.lap_s for group in plan.groups)
    table = randomised(plan, until_s=until_s + longest_s, seed=args.seed)
    return [
        sortie
        for drone, stops in enumerate(table.drones)
        for sortie in sorties(plan.site, drone, stops, until_s=until_s)
    ]


def _named(flown: Sequence[Sortie]) -> list[tuple[str, Sortie]]:
    """`2` is the second drone's only sortie, `2-3` the third of several."""
    count: dict[int, int] = {}
    for sortie in flown:
        count[sortie.drone] = count.get(sortie.drone, 0) + 1
    number: dict[int, int] = {}
    named = []
    for sortie in flown:
        number[sortie.drone] = number.get(sortie.drone, 0) + 1
        part = f"-{number[sortie.drone]}" if count[sortie.drone] > 1 else ""
        named.append((f"{sortie.drone + 1}{part}", sortie))
    return named


class _Writer:
    """Writes the plan of a sortie."""

    def __init__(
        self,
        args: argparse.Namespace,
        patrol: AskedPatrol,
        vehicle: Vehicle,
        sight: Sight,
        against: Against,
    ) -> None:
        self._args, self._patrol, self._sight, self._against = args, patrol, sight, against
        self._asked = Asked(args=args, shapes=patrol.shapes, vehicle=vehicle, start=None)

    def write(self, sortie: Sortie, name: str) -> tuple[dict[str, Any], Finished]:
        places, site = self._patrol.places, self._patrol.site
        path = sortie_path(
            sortie,
            places,
            height=HeightAboveHome(self._sight.height_m),
            gaze=self._asked.gaze,
            way_round=self._way_round,
        )
        start = places[sortie.stops[0].node if sortie.dock is None else sortie.dock]
        ends_at = None if sortie.to_dock in (None, sortie.dock) else places[sortie.to_dock or 0]
        done = finish(
            self._asked,
            Made(path=path, sight=self._sight),
            self._against,
            asked_files(self._args, name),
            home=Home(position=start, height=self._amsl(sortie.dock)),
            land_at=ends_at,
            for_brief=self._for_brief(sortie, name),
        )
        names = site.names + site.docks
        stops = [
            {
                "place": names[stop.node],
                "arrive_s": round(stop.arrive_s, 1),
                "leave_s": round(stop.leave_s, 1),
            }
            for stop in sortie.stops
        ]
        said = {
            "drone": sortie.drone + 1,
            "from": None if sortie.dock is None else names[sortie.dock],
            "to": None if sortie.to_dock is None else names[sortie.to_dock],
            **done.said,
            "stops": stops,
        }
        return said, done

    def _for_brief(self, sortie: Sortie, name: str) -> Besides:
        """Whose flight it is, from where to where, and when it is at each place."""
        site, places = self._patrol.site, self._patrol.places
        names = [one or "unnamed" for one in (*site.names, *site.docks)]
        drone, _, flight = name.partition("-")
        stops = ", ".join(f"{names[s.node]} {_on_the_clock(s.arrive_s)}" for s in sortie.stops)
        rows = [("Flight", f"drone {drone}" + (f", flight {flight}" if flight else ""))]
        if sortie.dock is not None and sortie.to_dock is not None:
            back = "and back" if sortie.dock == sortie.to_dock else f"to {names[sortie.to_dock]}"
            rows.append(("From", f"{names[sortie.dock]} {back}"))
        rows.append(("Arrives, by the patrol's clock", stops))
        named = [Place(position=at, name=one) for at, one in zip(places, names, strict=False)]
        return Besides(rows=tuple(rows), places=tuple(named))

    def _amsl(self, dock: int | None) -> HeightAmsl:
        """How high a dock lies, a node of the site; of a place nobody said it."""
        if dock is None:
            return HeightAmsl(math.nan)
        return self._patrol.docks_amsl[dock - self._patrol.site.count]

    def _way_round(self, a: GeoPoint, b: GeoPoint) -> tuple[GeoPoint, ...]:
        return way_round(a, b, self._patrol.shapes.no_fly, clearance_m=CLEARANCE_M) or ()


def _on_the_clock(seconds: float) -> str:
    """Minutes and seconds since the patrol began; before that with a sign."""
    minutes, left = divmod(round(abs(seconds)), 60)
    return f"{'-' if round(seconds) < 0 else ''}{minutes}:{left:02d}"


def _figures(plan: PatrolPlan) -> dict[str, Any]:
    """What the patrol achieves; numbers that are without end are left out."""
    found = {
        "drones": plan.drones,
        "groups": len(plan.groups),
        "worst_idleness_s": plan.worst_idleness_s,
        "bound_s": plan.bound_s,
        "gap": plan.gap,
        "intervals_kept": plan.worst_ratio <= 1.0 + 1e-9,
        "worst_ratio": plan.worst_ratio,
        "ratio_bound": plan.ratio_bound,
        "fewest_drones": plan.fewest_drones,
        "drones_needed": plan.drones_needed,
    }
    return {
        key: round(value, 3) if isinstance(value, float) else value
        for key, value in found.items()
        if not (isinstance(value, float) and not math.isfinite(value))
    }


def _intervals(plan: PatrolPlan, asked: AskedPatrol) -> list[Finding]:
    """A finding for each place that is not seen as often as it should be."""
    wanted = asked.site.revisit_s
    more = "no number of drones that was tried keeps all intervals"
    if plan.fewest_drones is not None:
        more = f"{plan.fewest_drones} drones keep all intervals"
    elif plan.drones_needed > plan.drones:
        more = f"{more}; fewer than {plan.drones_needed} cannot"
    return [
        warning(
            "patrol-interval",
            f"{asked.site.names[i]} is seen every {plan.gaps_s[i]:.0f} s at worst, "
            f"{wanted[i]:.0f} s are wanted",
            more,
            place=asked.places[i],
        )
        for i in range(asked.site.count)
        if plan.gaps_s[i] > wanted[i] * (1.0 + 1e-9)
    ]


def _lines(args: argparse.Namespace, plan: PatrolPlan) -> list[str]:
    drones = "1 drone" if plan.drones == 1 else f"{plan.drones} drones"
    laps = "1 lap" if len(plan.groups) == 1 else f"{len(plan.groups)} laps"
    lines = [
        f"{args.area}: {plan.site.count} places, {drones} on {laps}",
        f"worst weighted idleness {plan.worst_idleness_s:.0f} s; no patrol is below "
        f"{plan.bound_s:.0f} s ({plan.gap:.0%} above it)",
    ]
    if plan.ratio_bound > 0.0:
        kept = "all intervals are kept" if plan.worst_ratio <= 1.0 + 1e-9 else "not all are kept"
        lines.append(f"{kept}: the worst gap is {plan.worst_ratio:.0%} of its interval")
    return lines


def _notes(args: argparse.Namespace, asked: AskedPatrol) -> tuple[str, ...]:
    notes = []
    if asked.battery is None:
        notes.append("no dock and no --home: the battery is not minded, one lap is one flight")
    if not args.by_chance:
        notes.append("a drone's first plan joins its lap, the others repeat for ever")
    return tuple(notes)


def _told(said: dict[str, Any], part: Finished) -> list[str]:
    names = [stop["place"] or "unnamed" for stop in said["stops"]]
    shown = ", ".join(names[:6]) + (f", and {len(names) - 6} more" if len(names) > 6 else "")
    minutes = in_minutes(said["duration_s"])
    return [f"{said['out']}: drone {said['drone']}, {minutes}: {shown}", *part.notes]
