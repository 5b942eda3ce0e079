"""Why a drone does not go, and why a stop is left: found from the numbers, said in words."""

from missions.reaction.answer import Refused, Undone
from missions.reaction.kernels.compiled import NEVER
from missions.reaction.question import Question
from missions.reaction.search import Found
from missions.reaction.situation import Alarm, RunningDrone, Stop

SAME_S = 0.05


def hindrance(question: Question, drone_at: int, task: int) -> str | None:
    """What keeps a drone from a task if it did nothing else; None: nothing does."""
    work, drone = question.work, question.situation.drones[drone_at]
    asked = question.tasks[task]
    kind = int(work.kind[drone_at])
    reason = _not_equipped(question, drone, drone_at, asked, task)
    if reason is not None:
        return reason
    node = question.legs[kind].begins.at[task]
    if node[3] >= NEVER:
        return _closed(question, kind, asked, task)
    if work.start[drone_at, task] >= NEVER:
        return "no way there: zones, its fence or the wind are in between"
    if work.serve[kind, task] >= NEVER or work.home[drone_at, task] >= NEVER:
        return "no way from there to where it may land"
    short_s = _needed_s(question, drone_at, task) - float(work.budget[drone_at])
    if short_s > 0.0:
        return f"battery: {short_s:.0f} s short for the way home with its reserve"
    return None


def _not_equipped(
    question: Question, drone: RunningDrone, drone_at: int, asked: Stop | Alarm, task: int
) -> str | None:
    lacks = sorted(asked.needs - drone.carries)
    if lacks:
        return f"it carries no {' and no '.join(lacks)}"
    own = question.work.own[task] == drone_at
    gusts, limit = question.situation.wind.strongest_m_s, drone.vehicle.wind_limit_m_s
    if gusts > limit and not own:
        return f"wind: {gusts:.0f} m/s, and its limit is {limit:.0f} m/s"
    if isinstance(asked, Stop) and not asked.movable and not own:
        return "the stop is tied to another drone"
    return None


def _closed(question: Question, kind: int, asked: Stop | Alarm, task: int) -> str:
    ground = question.legs[kind].known.ways.ground
    place = question.theatre.plane.en(asked.position)
    if ground.zones.is_empty or not ground.zone_over(place):
        return "it lies outside of the fence"
    if isinstance(asked, Alarm):
        return (
            "it lies in a no-fly zone, and the nearest place to look from is more than "
            f"{asked.farthest_look_m:.0f} m away"
        )
    return "it lies in a no-fly zone"


def _needed_s(question: Question, drone_at: int, task: int) -> float:
    work = question.work
    there = work.start_e[drone_at, task] + work.serve_e[work.kind[drone_at], task]
    return float(there + work.home_e[drone_at, task])


def refusals(question: Question, found: Found, arrivals: dict[int, float]) -> tuple[Refused, ...]:
    """For every alarm, why each of the other drones does not go. `arrivals` are by task."""
    said = []
    for number, alarm in enumerate(question.situation.alarms):
        task = question.stop_count + number
        for drone_at, drone in enumerate(question.situation.drones):
            if task not in found.orders[drone_at]:
                reason, arrive_s = _refusal(question, found, arrivals, drone_at, task)
                said.append(
                    Refused(alarm=alarm.name, drone=drone.name, reason=reason, arrive_s=arrive_s)
                )
    return tuple(said)


def _refusal(
    question: Question, found: Found, arrivals: dict[int, float], drone_at: int, task: int
) -> tuple[str, float | None]:
    reason = hindrance(question, drone_at, task)
    if reason is not None:
        return reason, None
    work = question.work
    alone_s = float(work.ready[drone_at] + work.start[drone_at, task])
    busy = [other for other in found.orders[drone_at] if other >= question.stop_count]
    waits = ""
    if work.ready[drone_at] > 0.0:
        waits = f"it can take off only in {work.ready[drone_at]:.0f} s, and "
    if busy:
        named = question.tasks[busy[0]].name
        return f"it goes to {named!r}; straight here it would be there in {alone_s:.0f} s", alone_s
    if task not in arrivals:
        return "its battery does not last for this alarm beside the others", alone_s
    later_s = alone_s - arrivals[task]
    if later_s > question.situation.aims.patience_s:
        return f"{waits}it would be there in {alone_s:.0f} s, {later_s:.0f} s later", alone_s
    if later_s > SAME_S:
        return f"{waits}it would be there {later_s:.1f} s later", alone_s
    return f"it would be there as soon ({alone_s:.0f} s), but the patrol would lose more", alone_s


def undone(question: Question, found: Found) -> tuple[Undone, ...]:
    """Every stop that nobody does, the most important first."""
    had = question.situation.stops()
    drones = question.situation.drones
    said = []
    for task in found.left:
        stop, owner = had[task]
        whose = drones[owner].name if owner >= 0 else None
        said.append(Undone(stop=stop, drone=whose, reason=_why_left(question, task, owner)))
    return tuple(sorted(said, key=lambda each: (-each.stop.weight, each.stop.name)))


def _why_left(question: Question, task: int, owner: int) -> str:
    drones = question.situation.drones
    reasons = {at: hindrance(question, at, task) for at in range(len(drones))}
    able = [drones[at].name for at, reason in reasons.items() if reason is None]
    if able:
        who = able[0] if len(able) == 1 else f"{len(able)} drones"
        return f"no battery lasts for it beside what is done ({who} could do it alone)"
    if owner >= 0:
        return f"{drones[owner].name}: {reasons[owner]}; and nobody else can"
    return "; ".join(sorted({f"{drones[at].name}: {why}" for at, why in reasons.items()})[:3])
