"""An answer in plain English: who goes and why, who does not and why, what becomes of the rest."""

from missions.reaction.answer import Answered, How, Refused, Route, Undone, Visit

LONG_S = 1e7

GOES_ON = {
    How.CONTINUE: "{drone} goes on as it does",
    How.RESUME: "{drone} then resumes its patrol where it left it, at {stop}{item}",
    How.JUMP: "{drone} then goes on at {stop}{item}",
    How.NEW_PLAN: "{drone} gets a new plan{begins}",
    How.LAND: "{drone} then lands at {landing}",
    How.WAIT: "{drone} stays where it is",
}


def why_it_goes(visit: Visit, route: Route, others: tuple[Refused, ...]) -> str:
    """Why this drone goes to an alarm."""
    way = "straight" if not visit.via else f"round {_many(len(visit.via), 'corner')}"
    far = "" if visit.away_m <= 0.0 else f", looks from {visit.away_m:.0f} m away"
    able = [other.arrive_s for other in others if other.arrive_s is not None]
    if not able:
        against = "no other drone can"
    elif min(able) <= visit.arrive_s + 0.05:
        against = "who would be there as soon would cost the patrol more, or goes elsewhere"
    else:
        against = f"the next would need {min(able):.0f} s"
    return (
        f"{route.drone} goes to {visit.task.name!r}: there in {visit.arrive_s:.0f} s, {way}{far}; "
        f"{against}; it lands with {route.spare_s:.0f} s of battery beyond its reserve"
    )


def sentences(
    alarms: tuple[Answered, ...],
    refused: tuple[Refused, ...],
    routes: tuple[Route, ...],
    left: tuple[Undone, ...],
) -> tuple[str, ...]:
    """The whole answer, one fact a sentence."""
    said = []
    for alarm in alarms:
        said.append(alarm.why)
        said += [
            f"{other.drone} does not go to {alarm.alarm!r}: {other.reason}"
            for other in refused
            if other.alarm == alarm.alarm
        ]
    for route in routes:
        said += _of_route(route)
    said += [f"{each.stop.name} is left undone: {each.reason}" for each in left]
    return tuple(said)


def _of_route(route: Route) -> list[str]:
    point = route.resume
    said = []
    if route.battery_s < -LONG_S:
        said.append(f"{route.drone} has no way to where it may land")
    elif route.spare_s < 0.0:
        said.append(
            f"{route.drone} cannot land with its reserve any more: {-route.spare_s:.0f} s short"
        )
    begins = "" if point.stop is None else f", which begins at {point.stop}"
    item = "" if point.item is None else f" (item {point.item})"
    going = GOES_ON[point.how]
    if point.how is How.LAND and not route.visits:
        going = "{drone} lands at {landing}: nothing is left for it"
    said.append(
        going.format(
            drone=route.drone, stop=point.stop, item=item, begins=begins, landing=route.landing
        )
    )
    if route.taken_over:
        said.append(f"{route.drone} takes over {_list(route.taken_over)}")
    missed = tuple(visit.task.name for visit in route.visits if visit.missed)
    if missed:
        said.append(f"{route.drone} comes after the deadline to {_list(missed)}")
    return said


def _list(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
