"""Who may command a vehicle: one holder, handed over in the open, kept over a restart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ground_station.flying import wishes as w
from ground_station.lease import LeaseHeld, LeaseRefused, Leases

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)
LAND = w.Land()


@pytest.fixture
def leases(tmp_path: Path) -> Leases:
    """Nobody holds anything; `Chief` is a commander; lost after a minute."""
    return Leases(
        file=tmp_path / "leases.json",
        lost_after=timedelta(seconds=60),
        commanders=frozenset(("Chief",)),
    )


def test_first_to_command_takes_what_nobody_holds(leases: Leases) -> None:
    assert leases.allow(1, "Aigul", NOW, LAND) is True
    assert leases.view(1, NOW).holder == "Aigul"
    with pytest.raises(LeaseHeld, match="Aigul commands this vehicle"):
        leases.allow(1, "Marat", NOW, LAND)


def test_upload_needs_the_lease_as_well(leases: Leases) -> None:
    leases.allow(1, "Aigul", NOW, LAND)
    with pytest.raises(LeaseHeld):
        leases.allow(1, "Marat", NOW)


@pytest.mark.parametrize("wish", [w.Hold(), w.Return(), w.Abort()])
def test_whoever_sees_danger_stops_the_vehicle(leases: Leases, wish: w.AnyWish) -> None:
    leases.allow(1, "Aigul", NOW, LAND)
    assert leases.allow(1, "Marat", NOW, wish) is False
    assert leases.view(1, NOW).holder == "Aigul"


def test_request_without_a_name_takes_nothing(leases: Leases) -> None:
    assert leases.allow(1, w.NOBODY, NOW, LAND) is False
    assert leases.view(1, NOW).holder is None


def test_lease_is_handed_over_when_its_holder_says_so(leases: Leases) -> None:
    leases.take(1, "Aigul", NOW)
    assert leases.ask(1, "Marat", NOW, why="my shift").asked_by == "Marat"
    with pytest.raises(LeaseRefused):
        leases.answer(1, "Marat", NOW, grant=True)
    assert leases.answer(1, "Aigul", NOW, grant=True).holder == "Marat"


def test_refused_request_leaves_the_holder(leases: Leases) -> None:
    leases.take(1, "Aigul", NOW)
    leases.ask(1, "Marat", NOW, why="")
    kept = leases.answer(1, "Aigul", NOW, grant=False)
    assert (kept.holder, kept.asked_by) == ("Aigul", None)


def test_lost_holder_can_be_relieved_and_a_present_one_not(leases: Leases) -> None:
    leases.take(1, "Aigul", NOW)
    with pytest.raises(LeaseHeld):
        leases.take(1, "Marat", NOW)
    assert leases.view(1, LATER).takeable
    leases.present("Aigul", LATER)
    with pytest.raises(LeaseHeld):
        leases.take(1, "Marat", LATER)
    assert leases.take(1, "Marat", LATER + timedelta(seconds=61)).holder == "Marat"


def test_commander_takes_it_only_with_a_reason(leases: Leases) -> None:
    leases.take(1, "Aigul", NOW)
    with pytest.raises(LeaseRefused):
        leases.take(1, "Chief", NOW)
    assert leases.take(1, "Chief", NOW, reason="wrong square").holder == "Chief"


def test_lease_outlives_the_hub(leases: Leases) -> None:
    leases.take(1, "Aigul", NOW)
    again = Leases(file=leases.file, lost_after=leases.lost_after, commanders=frozenset())
    assert again.view(1, NOW).holder == "Aigul"


def test_unreadable_file_means_that_nobody_holds_anything(tmp_path: Path) -> None:
    file = tmp_path / "leases.json"
    file.write_text("{", encoding="utf-8")
    again = Leases(file=file, lost_after=timedelta(seconds=60), commanders=frozenset())
    assert again.view(1, NOW).holder is None
