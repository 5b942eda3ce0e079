"""A log of the companion link: what was sent, and the texts, are in the other link's log."""

from pathlib import Path

import pytest

from sim.compare.comparison import Comparison, compare

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def patrol(shared_reference: Path) -> Comparison:
    folder = shared_reference / "px4-traces"
    name = "11_patrol_lawnmower_2x"
    return compare(folder / f"{name}.api.tlog.xz", inputs=folder / f"{name}.gcs.tlog.xz")


def test_every_gate_holds_on_the_companions_log(patrol: Comparison) -> None:
    assert [f"{r.figure}: {r.px4} {r.ours}" for r in patrol.rows if not r.passed] == []
    assert len(patrol.rows) > 60


def test_rates_are_those_of_the_companion_link(patrol: Comparison) -> None:
    """ATTITUDE comes at 100 Hz there, at 50 Hz to the ground; ODOMETRY there alone."""
    span_s = patrol.ours.ends_s - patrol.ours.begins_s
    assert patrol.ours.counts["ATTITUDE"] / span_s == pytest.approx(100.0, rel=0.05)
    assert patrol.ours.counts["ODOMETRY"] / span_s == pytest.approx(30.0, rel=0.05)


def test_flights_are_timed_by_the_texts_of_the_other_link(patrol: Comparison) -> None:
    said = [entry.value for entry in patrol.theirs.texts]
    assert said[1:3] == ["Preflight Fail: no heading reference", "Armed by mission start"]
    armed = next(entry for entry in patrol.theirs.armings if entry.value == "armed")
    assert armed.at_s == pytest.approx(patrol.theirs.texts[2].at_s)
