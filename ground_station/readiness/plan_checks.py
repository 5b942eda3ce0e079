"""The plan, the fence and the parameters that decide how they are flown."""

import math

from ground_station.flying.outcome import words
from ground_station.readiness.report import Line
from ground_station.readiness.subject import Subject, blocking, ok, warning
from missions.checks.places import flown_items
from missions.checks.px4_navigator import fence_is_kept
from missions.plan import RELATIVE_FRAMES, Command, Plan
from missions.plan_time import plan_time_s
from missions.vehicle import Vehicle, default_vehicle

RESERVE = 0.2
SPEED_ABOVE = 1.05
RESUMES_BELOW_M = 1.0
DLL_NOTHING = 0
FENCE_NOTHING, FENCE_WARN = 0, 1
FENCE_TERMINATE = 4
GROUND_DISARM_S = 1.0


def plan(it: Subject) -> Line:
    """Whether what is on board is what was planned."""
    if not it.state.mission_total:
        return warning(
            "plan",
            words("бортта тапсырма жоқ", "на борту нет задания", "there is no mission on board"),
            words("тек қолмен ұшады", "полетит только по командам", "it flies only as told"),
            words("жоспар жүктеңіз", "загрузите план", "upload a plan"),
        )
    if not it.plan_proven:
        return warning(
            "plan",
            words(
                "борттағы жоспар тексерілмеген",
                "план на борту не проверен этим центром",
                "the plan on board was not proven by this hub",
            ),
            words(
                "басқа жоспармен ұшуы мүмкін",
                "может полететь по чужому плану",
                "it may fly a plan that is not yours",
            ),
            words("жоспарды қайта жүктеңіз", "загрузите план заново", "upload the plan again"),
        )
    return ok(
        "plan",
        words(
            "жоспар бортта, {n} пункт",
            "план на борту, {n} пунктов",
            "the plan is proven on board, {n} items",
            n=it.state.mission_total,
        ),
    )


def enough_battery(it: Subject) -> Line | None:
    """Whether the charge lasts for the plan; None without one or without an endurance."""
    share = it.state.battery_remaining
    if it.plan is None or not it.plan.items or share is None:
        return None
    vehicle = _vehicle(it)
    needs_s = plan_time_s(it.plan, vehicle)
    said_s = None if it.state.battery is None else it.state.battery.time_remaining_s
    has_s = said_s if said_s is not None else share * vehicle.endurance_s
    if math.isinf(needs_s):
        return _endless()
    fact = words(
        "жоспар {needs:.0f} мин, заряд шамамен {has:.0f} мин",
        "план {needs:.0f} мин, заряда примерно на {has:.0f} мин",
        "the plan takes {needs:.0f} min, the battery lasts about {has:.0f} min",
        needs=needs_s / 60,
        has=has_s / 60,
    )
    shorter = words(
        "жоспарды қысқартыңыз не аккумуляторды ауыстырыңыз",
        "сократите план или смените батарею",
        "shorten the plan or change the battery",
    )
    if needs_s > has_s:
        return blocking(
            "endurance",
            fact,
            words(
                "жоспардың соңына жетпейді",
                "не долетит план до конца",
                "it will not reach the plan's end",
            ),
            shorter,
        )
    if needs_s > has_s * (1.0 - RESERVE):
        return warning(
            "endurance",
            fact,
            words("қор аз қалады", "останется мало запаса", "little reserve is left"),
            shorter,
        )
    return ok("endurance", fact)


def _endless() -> Line:
    return blocking(
        "endurance",
        words(
            "жоспардың соңы жоқ",
            "у плана нет конца",
            "the plan has no end",
        ),
        words(
            "бір пунктке ешқашан жетпейді",
            "одного из пунктов он никогда не достигнет",
            "one of its items is never reached",
        ),
        words(
            "жоспарды тексеріңіз: qyran check --fix",
            "проверьте план: qyran check --fix",
            "check the plan: qyran check --fix",
        ),
    )


def _vehicle(it: Subject) -> Vehicle:
    cruise = it.parameter("MPC_XY_CRUISE", default_vehicle().cruise_speed_m_s)
    return default_vehicle().model_copy(update={"cruise_speed_m_s": max(0.5, cruise)})


def fence(it: Subject) -> Line:
    """On board, around home, and with something that follows from leaving it."""
    limits = [it.parameter(each) for each in ("GF_MAX_HOR_DIST", "GF_MAX_VER_DIST")]
    drawn = bool(it.state.fence_hash)
    if not drawn and not any(limit > 0 for limit in limits):
        return warning(
            "fence",
            words(
                "бортта аймақ шегі жоқ", "границы зоны на борту нет", "there is no fence on board"
            ),
            words(
                "дронды ештеңе тоқтатпайды",
                "дрон ничто не остановит",
                "nothing stops it at an edge",
            ),
            words(
                "шегі бар жоспар жүктеңіз",
                "загрузите план с границей",
                "upload a plan with a fence",
            ),
        )
    if it.plan is not None and drawn and not fence_is_kept(_with_home(it, it.plan)):
        return blocking(
            "fence",
            words("үй аймақтан тыс", "дом вне зоны", "home is outside the fence"),
            words("PX4 бұл шекті тастайды", "PX4 отбросит такую границу", "PX4 drops such a fence"),
            words(
                "шекті не орынды өзгертіңіз",
                "измените границу или место",
                "change the fence or the place",
            ),
        )
    action = int(it.parameter("GF_ACTION", 2))
    if action in (FENCE_NOTHING, FENCE_WARN):
        return warning(
            "fence",
            words("GF_ACTION = {a}", "GF_ACTION = {a}", "GF_ACTION is {a}", a=action),
            words(
                "аймақтан шықса, ештеңе болмайды",
                "при выходе из зоны ничего не произойдёт",
                "nothing happens when it leaves the fence",
            ),
            words(
                "GF_ACTION = 3 (қайту)", "GF_ACTION = 3 (возврат)", "set GF_ACTION to 3 (return)"
            ),
        )
    if action == FENCE_TERMINATE:
        return warning(
            "fence",
            words("GF_ACTION = 4", "GF_ACTION = 4", "GF_ACTION is 4"),
            words(
                "аймақтан шықса, құлайды",
                "при выходе из зоны упадёт",
                "it falls when it leaves the fence",
            ),
            words(
                "GF_ACTION = 3 (қайту)", "GF_ACTION = 3 (возврат)", "set GF_ACTION to 3 (return)"
            ),
        )
    return ok("fence", words("аймақ шегі бар", "граница зоны на борту", "the fence is on board"))


def _with_home(it: Subject, plan: Plan) -> Plan:
    from dataclasses import replace

    from missions.geodesy import GeoPoint
    from missions.heights import HeightAmsl
    from missions.plan import Home

    home = it.state.home
    if home is None:
        return plan
    place = GeoPoint(latitude_deg=home.latitude_deg, longitude_deg=home.longitude_deg)
    return replace(plan, home=Home(position=place, height=HeightAmsl(home.height_amsl_m)))


def link_loss(it: Subject) -> Line:
    """NAV_DLL_ACT: 0 is PX4's default and means nothing happens."""
    action = int(it.parameter("NAV_DLL_ACT"))
    if action == DLL_NOTHING:
        return warning(
            "link_loss_action",
            words("NAV_DLL_ACT = 0", "NAV_DLL_ACT = 0", "NAV_DLL_ACT is 0"),
            words(
                "байланыс үзілсе, дрон өздігінен қайтпайды",
                "при потере связи дрон сам не вернётся",
                "if the link is lost it does not come back by itself",
            ),
            words(
                "NAV_DLL_ACT = 2 (қайту)",
                "NAV_DLL_ACT = 2 (возврат)",
                "set NAV_DLL_ACT to 2 (return)",
            ),
        )
    if action in (5, 6):
        return blocking(
            "link_loss_action",
            words("NAV_DLL_ACT = {a}", "NAV_DLL_ACT = {a}", "NAV_DLL_ACT is {a}", a=action),
            words(
                "байланыс үзілсе, дрон құлайды",
                "при потере связи дрон упадёт",
                "if the link is lost it falls",
            ),
            words(
                "NAV_DLL_ACT = 2 (қайту)",
                "NAV_DLL_ACT = 2 (возврат)",
                "set NAV_DLL_ACT to 2 (return)",
            ),
        )
    return ok(
        "link_loss_action",
        words(
            "байланыс үзілуіне шара бар",
            "на потерю связи есть действие",
            "a lost link is acted on (NAV_DLL_ACT is {a})",
            a=action,
        ),
    )


def low_battery(it: Subject) -> Line:
    """COM_LOW_BAT_ACT."""
    if int(it.parameter("COM_LOW_BAT_ACT")) == 0:
        return warning(
            "low_battery_action",
            words("COM_LOW_BAT_ACT = 0", "COM_LOW_BAT_ACT = 0", "COM_LOW_BAT_ACT is 0"),
            words(
                "заряд біткенше ұшып, құлайды",
                "будет лететь до полного разряда и упадёт",
                "it flies until its battery is empty, and falls",
            ),
            words(
                "COM_LOW_BAT_ACT = 3",
                "COM_LOW_BAT_ACT = 3",
                "set COM_LOW_BAT_ACT to 3 (return, then land)",
            ),
        )
    return ok(
        "low_battery_action",
        words(
            "заряд азайғанда шара бар", "на низкий заряд есть действие", "low battery is acted on"
        ),
    )


def return_height(it: Subject) -> Line | None:
    """RTL_RETURN_ALT against how high the plan flies, a height found safe."""
    if it.plan is None or "RTL_RETURN_ALT" not in it.parameters:
        return None
    heights = _heights_above_home_m(it)
    if not heights:
        return None
    low_m, returns_m = min(heights), it.parameter("RTL_RETURN_ALT")
    fact = words(
        "қайту биіктігі {r:.0f} м, жоспар {low:.0f}–{high:.0f} м",
        "высота возврата {r:.0f} м, план {low:.0f}–{high:.0f} м",
        "it returns at {r:.0f} m, the plan flies at {low:.0f} to {high:.0f} m",
        r=returns_m,
        low=low_m,
        high=max(heights),
    )
    if returns_m + RESUMES_BELOW_M < max(heights):
        return warning(
            "return_height",
            fact,
            words(
                "төмен жерден қайтса, кедергіге тиюі мүмкін",
                "возвращаясь с низкого места, может задеть препятствие",
                "coming back from a low place it may meet an obstacle that the plan flies over",
            ),
            words(
                "RTL_RETURN_ALT = {h:.0f}",
                "RTL_RETURN_ALT = {h:.0f}",
                "set RTL_RETURN_ALT to {h:.0f}",
                h=max(heights),
            ),
        )
    return ok("return_height", fact)


def speeds(it: Subject) -> Line | None:
    """What the plan asks for and what the vehicle allows itself."""
    limit = it.parameter("MPC_XY_VEL_MAX", 12.0)
    asked = [
        item.params[1]
        for item in (it.plan.items if it.plan else ())
        if item.command == Command.DO_CHANGE_SPEED
    ]
    if not asked:
        return None
    fact = words(
        "жоспар {p:.0f} м/с, шегі {limit:.0f} м/с",
        "план {p:.0f} м/с, предел {limit:.0f} м/с",
        "the plan asks for {p:.0f} m/s, the vehicle's limit is {limit:.0f} m/s",
        p=max(asked),
        limit=limit,
    )
    if max(asked) > limit * SPEED_ABOVE:
        return warning(
            "speed",
            fact,
            words(
                "баяуырақ ұшып, ұзаққа созылады",
                "полетит медленнее и дольше",
                "it flies slower, and longer, than planned",
            ),
            words(
                "жоспар жылдамдығын азайтыңыз", "уменьшите скорость плана", "lower the plan's speed"
            ),
        )
    return ok("speed", fact)


def disarming(it: Subject) -> Line | None:
    """COM_DISARM_LAND: motors that keep turning after a landing."""
    if "COM_DISARM_LAND" not in it.parameters:
        return None
    after_s = it.parameter("COM_DISARM_LAND")
    if after_s > 0:
        return ok(
            "disarm",
            words(
                "қонған соң {s:.0f} с өтіп моторлар өшеді",
                "после посадки моторы выключатся через {s:.0f} с",
                "its motors stop {s:.0f} s after landing",
                s=after_s,
            ),
        )
    return warning(
        "disarm",
        words(
            "COM_DISARM_LAND = {s:.0f}",
            "COM_DISARM_LAND = {s:.0f}",
            "COM_DISARM_LAND is {s:.0f}",
            s=after_s,
        ),
        words(
            "қонған соң моторлар өшпейді",
            "после посадки моторы не выключатся",
            "its motors keep turning after landing",
        ),
        words("COM_DISARM_LAND = 2", "COM_DISARM_LAND = 2", "set COM_DISARM_LAND to 2"),
    )


def _heights_above_home_m(it: Subject) -> list[float]:
    return [
        one.item.params[6]
        for one in flown_items(it.plan or Plan())
        if one.item.frame in RELATIVE_FRAMES and one.item.command == Command.NAV_WAYPOINT
    ]
