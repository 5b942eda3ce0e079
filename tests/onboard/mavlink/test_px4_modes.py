"""Mode numbers against the list of modes that PX4 told of itself."""

import json
from pathlib import Path

import pytest

from onboard.mavlink.codec import Address
from onboard.mavlink.px4_modes import Px4Mode, custom_mode, mode_parameters, px4_mode, set_mode

NAMES = {
    "Manual": Px4Mode.MANUAL,
    "Hold": Px4Mode.HOLD,
    "Position Slow": Px4Mode.POSITION_SLOW,
    "Guided Course": Px4Mode.GUIDED_COURSE,
    "Altitude Cruise": Px4Mode.ALTITUDE_CRUISE,
    "Acro": Px4Mode.ACRO,
    "Descend": Px4Mode.DESCEND,
    "Termination": Px4Mode.TERMINATION,
    "Offboard": Px4Mode.OFFBOARD,
    "Stabilized": Px4Mode.STABILIZED,
    "Follow Target": Px4Mode.FOLLOW,
    "Precision Landing": Px4Mode.PRECISION_LAND,
    "VTOL Takeoff": Px4Mode.VTOL_TAKEOFF,
}
# MAV_STANDARD_MODE, by which PX4 names the modes that it gives no text.
STANDARD = {
    1: Px4Mode.POSITION,
    2: Px4Mode.ORBIT,
    4: Px4Mode.ALTITUDE,
    5: Px4Mode.RTL,
    6: Px4Mode.MISSION,
    7: Px4Mode.LAND,
    8: Px4Mode.TAKEOFF,
}


@pytest.mark.shared_data
def test_every_mode_that_px4_tells_of_is_the_mode_that_we_name(shared_reference: Path) -> None:
    recording = shared_reference / "px4-traces" / "01_boot_idle_1x.json"
    told = json.loads(recording.read_text())["available_modes"]["modes"]
    named = {name: px4_mode(main << 16 | sub << 24) for _, _, main, sub, _, name, _ in told}
    standard = {s: px4_mode(main << 16 | sub << 24) for _, s, main, sub, _, _, _ in told}
    assert {name: named[name] for name in NAMES} == NAMES
    assert {number: standard[number] for number in STANDARD} == STANDARD
    assert named["(Mode not available)"] is Px4Mode.EXTERNAL


@pytest.mark.parametrize("mode", [mode for mode in Px4Mode if mode is not Px4Mode.UNKNOWN])
def test_a_mode_survives_its_number(mode: Px4Mode) -> None:
    assert px4_mode(custom_mode(mode)) is mode


def test_a_number_that_px4_does_not_use_is_unknown_and_has_no_way_back() -> None:
    assert px4_mode(99 << 16) is Px4Mode.UNKNOWN
    with pytest.raises(ValueError, match="unknown"):
        custom_mode(Px4Mode.UNKNOWN)


def test_asking_for_a_mode_is_do_set_mode_with_main_and_sub() -> None:
    sender = set_mode(own=Address(255, 190), vehicle=Address(1, 1), mode=Px4Mode.HOLD)
    (send,) = sender.start(0.0)
    assert (send.fields["command"], send.fields["param1"]) == (176, 1.0)
    assert (send.fields["param2"], send.fields["param3"]) == mode_parameters(Px4Mode.HOLD)[1:]
    assert mode_parameters(Px4Mode.HOLD) == (1.0, 4.0, 3.0)
