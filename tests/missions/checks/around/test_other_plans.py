"""Other plans: apart in space or in time, or a conflict with its place and moment."""

from typing import Any

import pytest

from missions.checks import Finding, Severity, check
from missions.checks.around.others import OtherPlan
from missions.checks.surroundings import Surroundings
from missions.plan import Plan
from missions.vehicle import default_vehicle


def found(plan: Plan, other: Plan, starts_s: float = 0.0) -> list[Finding]:
    meanwhile = OtherPlan(
        name="east.plan", plan=other, vehicle=default_vehicle(), starts_s=starts_s
    )
    findings = check(plan, surroundings=Surroundings(others=(meanwhile,)))
    return [one for one in findings if one.rule == "conflict"]


def crossing(here: Any, up: float = 50.0) -> Plan:
    """From 300 m north to 300 m south across the way east, from a dock of its own."""
    start = here.plane.geo(300.0, 300.0)
    plan = here.flight(here.to(300, -300, up), up=up)
    home = type(plan.home)(position=start, height=plan.home.height)
    return Plan(items=(here.to(300, 300, up, command=22), *plan.items[1:]), home=home)


def test_the_same_place_at_the_same_time_is_an_error_with_place_and_moment(here: Any) -> None:
    ours, theirs = here.flight(here.to(600, 0)), crossing(here)
    one_way = [Plan(items=one.items[:2], home=one.home) for one in (ours, theirs)]
    (one,) = found(*one_way)
    assert one.severity is Severity.ERROR
    assert "east.plan is " in one.message
    assert one.item == 1
    assert one.place is not None
    east, north = here.plane.en(one.place)
    assert east == pytest.approx(300.0, abs=25.0)
    assert north == pytest.approx(0.0, abs=25.0)


def test_later_or_higher_there_is_none(here: Any) -> None:
    plan = here.flight(here.to(600, 0))
    assert found(plan, crossing(here), starts_s=600.0) == []
    outbound = Plan(items=plan.items[:2], home=plan.home)
    assert found(outbound, crossing(here, up=90.0)) == []
