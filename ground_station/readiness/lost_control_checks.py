"""What follows when a pilot's sticks, or the computer on board that flies it, fall silent.

Source: PX4 v1.17, commander/failsafe/failsafe.cpp: sticks that were not there at arming are no
loss, and where a lost computer would leave the flying to sticks that are lost too, NAV_RCL_ACT
decides.
"""

from ground_station.flying.outcome import words
from ground_station.readiness.report import Line
from ground_station.readiness.subject import Subject, blocking, ok, warning
from ground_station.words import Words

STICKS_OFF = 4
FALLS, LOSES_STICKS = (5, 6), (1, 2, 3)
TO_THE_PILOT, RETURNS, LANDS, HOLDS, STOPS = (0, 1, 2), 3, 4, 5, (6, 7)
MISSION_EXCEPTED = 1

ACTS: dict[int, Words] = {
    1: words("ауада тұрады", "зависает", "it hovers"),
    2: words("қайтады", "возвращается", "it returns"),
    3: words("қонады", "садится", "it lands"),
    7: words("ауада тұрады", "зависает", "it hovers"),
}


def lost_sticks(it: Subject) -> Line | None:
    """NAV_RCL_ACT; None where it was not read."""
    if "NAV_RCL_ACT" not in it.parameters:
        return None
    if int(it.parameter("COM_RC_IN_MODE")) == STICKS_OFF:
        return ok(
            "lost_sticks",
            words(
                "пульт өшірулі (COM_RC_IN_MODE = 4)",
                "пульт отключён (COM_RC_IN_MODE = 4)",
                "a pilot's sticks are switched off (COM_RC_IN_MODE is 4)",
            ),
        )
    action = int(it.parameter("NAV_RCL_ACT"))
    fact = words("NAV_RCL_ACT = {a}", "NAV_RCL_ACT = {a}", "NAV_RCL_ACT is {a}", a=action)
    to_return = words(
        "NAV_RCL_ACT = 2 (қайту)", "NAV_RCL_ACT = 2 (возврат)", "set NAV_RCL_ACT to 2 (return)"
    )
    if action in FALLS:
        falls = words(
            "пульт байланысы үзілсе, дрон құлайды",
            "при потере пульта дрон упадёт",
            "if the pilot's sticks are lost it falls",
        )
        return blocking("lost_sticks", fact, falls, to_return)
    if action not in ACTS:
        nothing = words(
            "пульт байланысы үзілсе, ештеңе болмайды",
            "при потере пульта не произойдёт ничего",
            "if the pilot's sticks are lost nothing happens",
        )
        return warning("lost_sticks", fact, nothing, to_return)
    return ok("lost_sticks", _acted_on(it, ACTS[action]))


def _acted_on(it: Subject, acts: Words) -> Words:
    if int(it.parameter("COM_RCL_EXCEPT")) & MISSION_EXCEPTED:
        return words(
            "пульт үзілсе: {kk}; тапсырмада ескерілмейді",
            "при потере пульта: {ru}; в задании не учитывается",
            "pilot's sticks lost: {en}; ignored in a mission",
            **acts.model_dump(),
        )
    return words(
        "пульт үзілсе: {kk}",
        "при потере пульта: {ru}",
        "pilot's sticks lost: {en}",
        **acts.model_dump(),
    )


def lost_offboard(it: Subject) -> Line | None:
    """COM_OBL_RC_ACT; None where it was not read."""
    if "COM_OBL_RC_ACT" not in it.parameters:
        return None
    action = int(it.parameter("COM_OBL_RC_ACT"))
    fact = words("COM_OBL_RC_ACT = {a}", "COM_OBL_RC_ACT = {a}", "COM_OBL_RC_ACT is {a}", a=action)
    if action in STOPS or (action in TO_THE_PILOT and _sticks(it) in FALLS):
        return blocking(
            "lost_offboard",
            fact,
            words(
                "борттық компьютер үндемесе, дрон құлайды",
                "если бортовой компьютер замолчит, дрон упадёт",
                "if the computer that flies it falls silent, it falls",
            ),
            words(
                "COM_OBL_RC_ACT = 5 (ауада тұру)",
                "COM_OBL_RC_ACT = 5 (зависнуть)",
                "set COM_OBL_RC_ACT to 5 (hold)",
            ),
        )
    if action in TO_THE_PILOT:
        return _left_to_the_pilot(it)
    acts = {RETURNS: ACTS[2], LANDS: ACTS[3], HOLDS: ACTS[1]}.get(action, ACTS[1])
    return ok(
        "lost_offboard",
        words(
            "борттық компьютер үндемесе: {kk}",
            "если бортовой компьютер замолчит: {ru}",
            "computer on board silent: {en}",
            **acts.model_dump(),
        ),
    )


def _sticks(it: Subject) -> int:
    return int(it.parameter("NAV_RCL_ACT", 2.0))


def _left_to_the_pilot(it: Subject) -> Line:
    """Without sticks PX4 does what it does when they are lost; where that is nothing it returns."""
    acts = ACTS[_sticks(it) if _sticks(it) in LOSES_STICKS else 2]
    return ok(
        "lost_offboard",
        words(
            "борттық компьютер үндемесе: ұшқышқа, пультсіз — {kk}",
            "если бортовой компьютер замолчит: пилоту, а без пульта {ru}",
            "computer on board silent: over to the pilot; without sticks {en}",
            **acts.model_dump(),
        ),
    )
