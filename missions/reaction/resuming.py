"""How a drone goes on with its patrol, in the terms of the plan that it has on board."""

from missions.reaction.answer import How, ResumePoint
from missions.reaction.situation import RunningDrone, Situation


def resume_point(
    situation: Situation, drone: RunningDrone, order: tuple[int, ...], own: list[int]
) -> ResumePoint:
    """Where it goes on, given its tasks in order and those of its running plan."""
    had = situation.stops()
    stops = [task for task in order if task < len(had)]
    alarms = [task for task in order if task >= len(had)]
    how = _how(drone, order, stops, alarms, own)
    begins = had[stops[0]][0] if stops else None
    if how is How.JUMP and (begins is None or begins.item is None):
        how = How.NEW_PLAN
    item = None if begins is None or how is How.NEW_PLAN else begins.item
    return ResumePoint(
        how=how,
        item=item,
        stop=None if begins is None else begins.name,
        left_at=drone.position if drone.flying else None,
        left_height=drone.height if drone.flying else None,
    )


def _how(
    drone: RunningDrone,
    order: tuple[int, ...],
    stops: list[int],
    alarms: list[int],
    own: list[int],
) -> How:
    if not order:
        return How.LAND if drone.flying else How.WAIT
    if not drone.flying:
        return How.NEW_PLAN if alarms or stops != own else How.CONTINUE
    if list(order[: len(alarms)]) != alarms:
        return How.NEW_PLAN
    if not stops:
        return How.LAND
    if stops == own:
        return How.RESUME if alarms else How.CONTINUE
    return How.JUMP if stops == own[-len(stops) :] else How.NEW_PLAN
