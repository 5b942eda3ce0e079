"""The states of an alert: every transition that exists, and every one that does not."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from ground_station.alerts.alert import Alert, AlertState
from ground_station.alerts.title import title
from ground_station.errors import TransitionRefused
from onboard.messages import EventReport, ObjectClass

ALLOWED = {
    ("new", "acknowledged"),
    ("acknowledged", "in_incident"),
    ("acknowledged", "closed"),
    ("in_incident", "closed"),
}
REFUSED = sorted(set(product([str(state) for state in AlertState], repeat=2)) - ALLOWED)


@pytest.fixture
def alert(event: Callable[..., dict[str, Any]]) -> Alert:
    body = EventReport.model_validate(event()["body"])
    return Alert(
        id="alert-1",
        kind=body.event_kind,
        severity=body.severity,
        certainty=body.certainty,
        position=body.position,
        last_position=body.position,
        place=None,
        road_name=None,
        title=title(body.event_kind, None),
        explanation=body.explanation,
        object_class=ObjectClass.PERSON,
        object_count=1,
        drone_id="qyran-1",
        zone=None,
        picture=None,
        cameras=(),
        began_at=body.began_at,
        captured_at=body.captured_at,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(("state", "wanted"), sorted(ALLOWED))
def test_alert_moves_on(alert: Alert, state: str, wanted: str) -> None:
    there = alert.model_copy(update={"state": AlertState(state)})
    assert there.moved_to(AlertState(wanted)).state == wanted


@pytest.mark.parametrize(("state", "wanted"), REFUSED)
def test_refused_transition_names_both_states(alert: Alert, state: str, wanted: str) -> None:
    there = alert.model_copy(update={"state": AlertState(state)})
    with pytest.raises(TransitionRefused, match=f"alert-1 is {state} and cannot become {wanted}"):
        there.moved_to(AlertState(wanted))
