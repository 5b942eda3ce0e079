"""Changing the items of a plan so that jumps still lead where they led and surveys stay whole."""

import math
from collections.abc import Sequence
from dataclasses import replace

from missions.geodesy import GeoPoint
from missions.plan import Command, ComplexItem, Frame, MissionItem, Params, Plan

# What `missions.assemble` plans with: corners are flown closely.
ACCEPTANCE_RADIUS_M = 2.0


def insert(plan: Plan, at: int, items: Sequence[MissionItem]) -> Plan:
    """The plan with items before the one that has an index now.

    A jump to that one still leads to it. An editable item that is cut in two becomes plain items.
    """
    count = len(items)
    moved = [_jump_moved(item, at, count) for item in plan.items]
    whole = [_moved(one, at, count) for one in plan.complex_items]
    return replace(
        plan,
        items=(*moved[:at], *items, *moved[at:]),
        complex_items=tuple(one for one in whole if one is not None),
    )


def put(plan: Plan, at: int, item: MissionItem) -> Plan:
    """The plan with another item at an index."""
    return replace(plan, items=(*plan.items[:at], item, *plan.items[at + 1 :]))


def _jump_moved(item: MissionItem, at: int, count: int) -> MissionItem:
    target = item.params[0]
    if item.command != Command.DO_JUMP or not target >= at:
        return item
    return replace(item, params=(target + count, *item.params[1:]))


def _moved(one: ComplexItem, at: int, count: int) -> ComplexItem | None:
    if at <= one.first_item:
        return replace(one, first_item=one.first_item + count)
    return one if at >= one.first_item + one.item_count else None


def cut_in_two(plan: Plan, at: int) -> list[str]:
    """What an insertion at an index makes plain, in words."""
    return [
        f"{one.kind} (items {one.first_item + 1} to {one.first_item + one.item_count}) becomes "
        "plain items"
        for one in plan.complex_items
        if one.first_item < at < one.first_item + one.item_count
    ]


def with_param(item: MissionItem, number: int, value: float) -> MissionItem:
    """The item with one of its seven parameters (1 to 7) changed."""
    params = list(item.params)
    params[number - 1] = value
    return replace(item, params=params_of(params))


def params_of(values: Sequence[float]) -> Params:
    """Seven parameters."""
    one, two, three, four, five, six, seven = values
    return one, two, three, four, five, six, seven


def waypoint(place: GeoPoint, height_m: float, frame: int) -> MissionItem:
    """A waypoint that is passed closely."""
    lat, lon = place.latitude_deg, place.longitude_deg
    params = (0.0, ACCEPTANCE_RADIUS_M, 0.0, math.nan, lat, lon, height_m)
    return MissionItem(command=int(Command.NAV_WAYPOINT), frame=int(frame), params=params)


def command(number: int, *params: float) -> MissionItem:
    """An item without a place."""
    values = (*params, *([0.0] * (7 - len(params))))
    return MissionItem(command=int(number), frame=int(Frame.MISSION), params=params_of(values))
