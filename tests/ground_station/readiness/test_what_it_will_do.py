"""Sentences from parameters; those of link loss were seen on PX4 v1.17 (docs/flying.md)."""

import pytest

from ground_station.readiness.predict import on_fence_breach, on_link_loss, on_low_battery

DEFAULTS = {
    "NAV_DLL_ACT": 0,
    "COM_DL_LOSS_T": 10,
    "COM_FAIL_ACT_T": 5.0,
    "COM_LOW_BAT_ACT": 3,
    "BAT_LOW_THR": 0.15,
    "BAT_CRIT_THR": 0.07,
    "BAT_EMERGEN_THR": 0.05,
    "GF_ACTION": 2,
    "RTL_RETURN_ALT": 30.0,
    "MPC_XY_CRUISE": 5.0,
}


@pytest.mark.parametrize(
    ("action", "lost_s", "mode", "after_s"),
    [(0, 10, None, None), (1, 20, "hold", 20.0), (2, 10, "rtl", 15.0), (3, 5, "land", 10.0)],
)
def test_link_loss_ends_in_the_mode_that_px4_was_seen_in(
    action: int, lost_s: int, mode: str | None, after_s: float | None
) -> None:
    told = on_link_loss({**DEFAULTS, "NAV_DLL_ACT": action, "COM_DL_LOSS_T": lost_s})
    assert told is not None
    assert (told.ends_in, told.after_s) == (mode, after_s)


def test_return_is_told_with_its_figures_in_every_language() -> None:
    told = on_link_loss({**DEFAULTS, "NAV_DLL_ACT": 2, "RTL_RETURN_ALT": 40.0})
    assert told is not None
    for text in (told.will.kk, told.will.ru, told.will.en):
        assert all(figure in text for figure in ("10", "5", "40"))


def test_mission_that_ignores_a_lost_link_is_told_apart() -> None:
    told = on_link_loss({**DEFAULTS, "NAV_DLL_ACT": 2, "COM_DLL_EXCEPT": 1})
    assert told is not None
    assert "During a mission a lost link is ignored" in told.will.en


def test_low_battery_has_three_thresholds() -> None:
    told = on_low_battery(DEFAULTS)
    assert told is not None
    assert told.ends_in == "rtl"
    assert all(share in told.will.en for share in ("15 %", "7 %", "5 %"))


def test_hold_at_the_fence_does_not_wait() -> None:
    told = on_fence_breach(DEFAULTS, has_fence=True)
    assert told is not None
    assert (told.ends_in, told.after_s) == ("hold", 0.0)


def test_without_a_fence_nothing_stops_it() -> None:
    told = on_fence_breach(DEFAULTS, has_fence=False)
    assert told is not None
    assert "nothing stops it" in told.will.en


def test_unread_parameters_foretell_nothing() -> None:
    assert (on_link_loss({}), on_low_battery({}), on_fence_breach({}, has_fence=True)) == (
        None,
        None,
        None,
    )
