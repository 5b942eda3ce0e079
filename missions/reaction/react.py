"""The reaction to alarms or a lost drone: a safe plan at once, then better ones."""

from collections.abc import Iterator

from missions.reaction.answer import Answered, Reaction, Refused, Route
from missions.reaction.budget import Budget
from missions.reaction.question import Question, question_of
from missions.reaction.reasons import refusals, undone
from missions.reaction.search import Found, promised_by, search
from missions.reaction.sentences import sentences, why_it_goes
from missions.reaction.situation import Situation, refuse_nonsense
from missions.reaction.timetable import Timetable
from missions.reaction.timing import arrivals_of, cost_of_answer
from missions.reaction.travel import Theatre

THINK = Budget()


def react(
    situation: Situation,
    *,
    budget: Budget = THINK,
    seed: int = 0,
    theatre: Theatre | None = None,
) -> Reaction:
    """The best answer within a budget; the same for the same seed where it counts iterations.

    A `Theatre` of the same drones and zones, made before there was an alarm, saves the first tens
    of milliseconds.

    Raises:
        BadInput: the situation makes no sense; the place is named.
    """
    question = _question(situation, theatre)
    *_, found = search(question, seed=seed, budget=budget)
    return _told(question, found)


def reactions(
    situation: Situation,
    *,
    budget: Budget = THINK,
    seed: int = 0,
    theatre: Theatre | None = None,
) -> Iterator[Reaction]:
    """The first safe answer, then each better one as it is found; the last is the best.

    Raises:
        BadInput: the situation makes no sense; the place is named.
    """
    question = _question(situation, theatre)
    for found in search(question, seed=seed, budget=budget):
        yield _told(question, found)


def _question(situation: Situation, theatre: Theatre | None) -> Question:
    refuse_nonsense(situation)
    if theatre is None or not theatre.fits(situation):
        theatre = Theatre(situation)
    return question_of(situation, theatre)


def _told(question: Question, found: Found) -> Reaction:
    promised = promised_by(question)
    table = Timetable(question, found, promised)
    arrivals = arrivals_of(found, table.times)
    routes = table.routes()
    refused = refusals(question, found, arrivals)
    alarms = _alarms(question, routes, refused)
    left = undone(question, found)
    return Reaction(
        situation=question.situation,
        alarms=alarms,
        routes=routes,
        refusals=refused,
        undone=left,
        cost=cost_of_answer(question, found, table.times, promised),
        iterations=found.iterations,
        sentences=sentences(alarms, refused, routes, left),
    )


def _alarms(
    question: Question, routes: tuple[Route, ...], refused: tuple[Refused, ...]
) -> tuple[Answered, ...]:
    going = {
        visit.task.name: (visit, route)
        for route in routes
        for visit in route.visits
        if visit.is_alarm
    }
    said = []
    for alarm in question.situation.alarms:
        others = tuple(each for each in refused if each.alarm == alarm.name)
        if alarm.name not in going:
            why = f"nobody can go to {alarm.name!r}"
            said.append(Answered(alarm=alarm.name, drone=None, arrive_s=None, why=why))
            continue
        visit, route = going[alarm.name]
        why = why_it_goes(visit, route, others)
        said.append(Answered(alarm=alarm.name, drone=route.drone, arrive_s=visit.arrive_s, why=why))
    return tuple(said)
