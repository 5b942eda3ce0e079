"""What a vehicle will do when a link, a battery or a fence fails it, read from its parameters.

Source: PX4 v1.17, commander/failsafe/failsafe.cpp (which action), framework.cpp (an action waits
`COM_FAIL_ACT_T` in Hold, unless it is Hold itself or a warning), navigator/rtl.cpp (the return).
"""

from collections.abc import Mapping

from ground_station.flying.outcome import words
from ground_station.readiness.report import Prediction
from ground_station.words import Words
from onboard.mavlink.px4_modes import Px4Mode

Parameters = Mapping[str, int | float]
NOTHING, WARN, HOLD, RETURN, LAND, TERMINATE, DISARM = range(7)
BY_DLL = {0: NOTHING, 1: HOLD, 2: RETURN, 3: LAND, 5: TERMINATE, 6: DISARM}
BY_FENCE = {0: NOTHING, 1: WARN, 2: HOLD, 3: RETURN, 4: TERMINATE, 5: LAND}
BY_CRITICAL = {0: WARN, 1: RETURN, 2: LAND, 3: RETURN, 4: RETURN}
BY_EMERGENCY = {0: WARN, 1: RETURN, 2: LAND, 3: LAND, 4: TERMINATE}
EXCEPT_MISSION = 1
HOLDS_FOREVER = -0.5
NO_DELAY_S = 0.1
ENDS_IN = {
    NOTHING: None,
    WARN: None,
    HOLD: Px4Mode.HOLD.value,
    RETURN: Px4Mode.RTL.value,
    LAND: Px4Mode.LAND.value,
    TERMINATE: Px4Mode.TERMINATION.value,
    DISARM: None,
}

WHEN_LINK = "link_loss"
WHEN_BATTERY = "low_battery"
WHEN_FENCE = "fence_breach"


def on_link_loss(parameters: Parameters) -> Prediction | None:
    """From NAV_DLL_ACT, COM_DL_LOSS_T and COM_DLL_EXCEPT; None where they are unread."""
    if not {"NAV_DLL_ACT", "COM_DL_LOSS_T"} <= parameters.keys():
        return None
    action = BY_DLL.get(int(parameters["NAV_DLL_ACT"]), NOTHING)
    lost_s = float(parameters["COM_DL_LOSS_T"])
    if action == NOTHING:
        will = words(
            "Байланыс үзілсе, дрон ештеңе істемейді: тапсырманы соңына дейін ұшады, содан кейін "
            "біреу байланысқанша ауада қалады.",
            "При потере связи дрон не сделает ничего: долетит задание до конца и будет висеть, "
            "пока связь не вернётся.",
            "If the link is lost it does nothing: it flies its mission to the end, then does what "
            "the mission's last item says or hovers until somebody reaches it.",
        )
        return Prediction(when=WHEN_LINK, will=will)
    does = _sequence(action, parameters)
    in_mission = int(parameters.get("COM_DLL_EXCEPT", 0)) & EXCEPT_MISSION
    if in_mission:
        will = words(
            "Тапсырма кезінде байланыс үзілуі ескерілмейді; басқа режимде "
            "{lost:.0f} с кейін: {kk}.",
            "Во время задания потеря связи не учитывается; в других режимах "
            "через {lost:.0f} с: {ru}.",
            "During a mission a lost link is ignored; in other modes, after {lost:.0f} s: {en}.",
            lost=lost_s,
            **does.model_dump(),
        )
        return Prediction(when=WHEN_LINK, will=will, after_s=lost_s, ends_in=None)
    will = words(
        "Байланыс үзілсе, {lost:.0f} с кейін: {kk}.",
        "При потере связи через {lost:.0f} с: {ru}.",
        "If the link is lost, after {lost:.0f} s: {en}.",
        lost=lost_s,
        **does.model_dump(),
    )
    return Prediction(
        when=WHEN_LINK,
        will=will,
        after_s=lost_s + _delay_s(action, parameters),
        ends_in=ENDS_IN[action],
    )


def on_low_battery(parameters: Parameters) -> Prediction | None:
    """From COM_LOW_BAT_ACT and the three thresholds; None where they are unread."""
    needed = {"COM_LOW_BAT_ACT", "BAT_LOW_THR", "BAT_CRIT_THR", "BAT_EMERGEN_THR"}
    if not needed <= parameters.keys():
        return None
    policy = int(parameters["COM_LOW_BAT_ACT"])
    critical = BY_CRITICAL.get(policy, WARN)
    emergency = BY_EMERGENCY.get(policy, WARN)
    shares = {
        "low": parameters["BAT_LOW_THR"] * 100,
        "crit": parameters["BAT_CRIT_THR"] * 100,
        "emerg": parameters["BAT_EMERGEN_THR"] * 100,
    }
    if critical == WARN:
        will = words(
            "Аккумулятор {low:.0f} % және {crit:.0f} % болғанда дрон тек ескертеді де, құлағанша "
            "ұша береді.",
            "При {low:.0f} % и {crit:.0f} % батареи дрон только предупредит и будет лететь, пока "
            "не упадёт.",
            "At {low:.0f} % and {crit:.0f} % of battery it only warns, and flies until it falls.",
            **shares,
        )
        return Prediction(when=WHEN_BATTERY, will=will)
    first, second = _sequence(critical, parameters), _bare(emergency, parameters)
    will = words(
        "{low:.0f} % — ескерту; {crit:.0f} % — {kk}; {emerg:.0f} % — {kk2}.",
        "{low:.0f} % — предупреждение; {crit:.0f} % — {ru}; {emerg:.0f} % — {ru2}.",
        "At {low:.0f} % of battery it warns; at {crit:.0f} %: {en}; at {emerg:.0f} %: {en2}.",
        **shares,
        **first.model_dump(),
        kk2=second.kk,
        ru2=second.ru,
        en2=second.en,
    )
    return Prediction(
        when=WHEN_BATTERY,
        will=will,
        after_s=_delay_s(critical, parameters),
        ends_in=ENDS_IN[critical],
    )


def on_fence_breach(parameters: Parameters, *, has_fence: bool) -> Prediction | None:
    """From GF_ACTION and what there is to breach; None where it is unread."""
    if "GF_ACTION" not in parameters:
        return None
    limits = [float(parameters.get(each, 0)) for each in ("GF_MAX_HOR_DIST", "GF_MAX_VER_DIST")]
    if not has_fence and not any(limit > 0 for limit in limits):
        will = words(
            "Бортта рұқсат етілген аймақ жоқ: дронды ештеңе тоқтатпайды.",
            "Границы зоны на борту нет: дрон ничто не остановит.",
            "There is no fence on board: nothing stops it at an edge.",
        )
        return Prediction(when=WHEN_FENCE, will=will)
    action = BY_FENCE.get(int(parameters["GF_ACTION"]), WARN)
    if action in (NOTHING, WARN):
        will = words(
            "Аймақтан шықса, дрон {kk} және ұша береді.",
            "При выходе из зоны дрон {ru} и полетит дальше.",
            "If it leaves the fence it {en} and flies on.",
            **(
                Words(kk="тек ескертеді", ru="только предупредит", en="only warns")
                if action == WARN
                else Words(kk="ештеңе істемейді", ru="ничего не сделает", en="does nothing")
            ).model_dump(),
        )
        return Prediction(when=WHEN_FENCE, will=will)
    will = words(
        "Аймақтан шықса: {kk}.",
        "При выходе из зоны: {ru}.",
        "If it leaves the fence: {en}.",
        **_sequence(action, parameters).model_dump(),
    )
    return Prediction(
        when=WHEN_FENCE, will=will, after_s=_delay_s(action, parameters), ends_in=ENDS_IN[action]
    )


def _delay_s(action: int, parameters: Parameters) -> float:
    wait_s = float(parameters.get("COM_FAIL_ACT_T", 5.0))
    return wait_s if action > HOLD and wait_s > NO_DELAY_S else 0.0


def _sequence(action: int, parameters: Parameters) -> Words:
    wait_s = _delay_s(action, parameters)
    bare = _bare(action, parameters)
    if wait_s == 0.0:
        return bare
    return words(
        "{wait:.0f} с ауада тұрады, содан кейін {kk}",
        "{wait:.0f} с висит, затем {ru}",
        "it hovers for {wait:.0f} s, then {en}",
        wait=wait_s,
        **bare.model_dump(),
    )


def _bare(action: int, parameters: Parameters) -> Words:
    if action == RETURN:
        return _return(parameters)
    return {
        HOLD: words(
            "тоқтап, ауада тұрады",
            "останавливается и висит на месте",
            "it stops and hovers where it is",
        ),
        LAND: words("тұрған жеріне қонады", "садится там, где находится", "it lands where it is"),
        TERMINATE: words(
            "моторларды өшіріп, құлайды",
            "выключает моторы и падает",
            "it stops its motors and falls",
        ),
        DISARM: words(
            "моторларды өшіріп, құлайды",
            "выключает моторы и падает",
            "it stops its motors and falls",
        ),
    }.get(action, words("тек ескертеді", "только предупреждает", "it only warns"))


def _return(parameters: Parameters) -> Words:
    climb_m = float(parameters.get("RTL_RETURN_ALT", 60.0))
    descend_m = float(parameters.get("RTL_DESCEND_ALT", 30.0))
    cruise = float(parameters.get("MPC_XY_CRUISE", 5.0))
    where = _where(int(parameters.get("RTL_TYPE", 0)))
    ends = _landing(float(parameters.get("RTL_LAND_DELAY", 0.0)), descend_m)
    return words(
        "кемінде {climb:.0f} м биіктікке көтеріліп, {kk} {cruise:.0f} м/с жылдамдықпен ұшады "
        "және {kk2}",
        "поднимается не ниже {climb:.0f} м, летит {ru} со скоростью {cruise:.0f} м/с и {ru2}",
        "it climbs to at least {climb:.0f} m, flies {en} at {cruise:.0f} m/s and {en2}",
        climb=climb_m,
        cruise=cruise,
        kk2=ends.kk,
        ru2=ends.ru,
        en2=ends.en,
        **where.model_dump(),
    )


def _where(kind: int) -> Words:
    return {
        1: words(
            "жиналу нүктесіне (жоқ болса, үйге)",
            "к точке сбора (если её нет — домой)",
            "to a rally point (home where there is none)",
        ),
        2: words(
            "тапсырма жолымен кері",
            "назад по пути задания",
            "back along its mission's path",
        ),
        3: words(
            "үйге немесе ең жақын жиналу нүктесіне",
            "домой или к ближайшей точке сбора",
            "home or to the nearest rally point",
        ),
        4: words(
            "тапсырма жолымен, жақын ұшына",
            "по пути задания к ближайшему концу",
            "along its mission's path to the nearer end",
        ),
        5: words("жиналу нүктесіне", "к точке сбора", "to a rally point"),
    }.get(
        kind,
        words(
            "үйге (немесе жақынырақ жиналу нүктесіне)",
            "домой (или к более близкой точке сбора)",
            "home (or to a nearer rally point)",
        ),
    )


def _landing(delay_s: float, descend_m: float) -> Words:
    if delay_s <= HOLDS_FOREVER:
        return words(
            "{m:.0f} м биіктікте қонбай тұрады",
            "висит там на {m:.0f} м, не садясь",
            "hovers there at {m:.0f} m without landing",
            m=descend_m,
        )
    if delay_s > 0:
        return words(
            "{m:.0f} м биіктікте {s:.0f} с күтіп, қонады",
            "ждёт на {m:.0f} м {s:.0f} с и садится",
            "waits {s:.0f} s at {m:.0f} m, then lands",
            m=descend_m,
            s=delay_s,
        )
    return words("қонады", "садится", "lands")
