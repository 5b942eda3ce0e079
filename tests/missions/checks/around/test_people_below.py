"""Flying over people: a crowd must not be flown over, other places with care."""

from typing import Any

from missions.checks import Finding, Severity, check
from missions.checks.surroundings import Surroundings
from missions.plan import Plan


def found(plan: Plan, *people: Any) -> list[Finding]:
    findings = check(plan, surroundings=Surroundings(people=people))
    return [one for one in findings if one.rule.startswith("overflight")]


def test_over_a_market_is_a_warning_with_place_and_length(here: Any) -> None:
    market = here.square(500, 0, 100, name="Bazaar", kind="marketplace")
    (one,) = found(here.flight(here.to(1000, 0), here.to(1000, 500)), market)
    assert (one.severity, one.rule, one.item) == (Severity.WARNING, "overflight", 1)
    assert "passes over Bazaar (marketplace): 200 m on 1 parts" in one.message
    assert one.place is not None
    assert here.plane.en(one.place)[0] - 400.0 < 0.01


def test_over_a_crowd_is_an_error(here: Any) -> None:
    (one,) = found(here.flight(here.to(1000, 0)), here.square(500, 0, 100, kind="crowd"))
    assert (one.severity, one.rule) == (Severity.ERROR, "overflight-crowd")


def test_the_way_home_counts_and_standing_at_the_dock_does_not(here: Any) -> None:
    beside = here.square(500, 500, 100, name="School")
    (one,) = found(here.flight(here.to(1000, 0), here.to(1000, 1000)), beside)
    assert one.item == 3
    assert "the return home" in one.message


def test_beside_people_or_far_away_there_is_nothing(here: Any) -> None:
    plan = here.flight(here.to(1000, 0))
    assert found(plan, here.square(500, 200, 100), here.square(900_000, 0, 100)) == []


def test_a_drawing_that_crosses_itself_still_counts(here: Any) -> None:
    area = here.square(500, 0, 100)
    one, two, three, four = area.outer
    bow_tie = type(area)(outer=(one, three, two, four), name="bow tie")
    assert len(found(here.flight(here.to(1000, 0)), bow_tie)) == 1
