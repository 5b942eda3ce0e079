"""The battery: its charge, its cells, and how fast it empties."""

from ground_station.flying.outcome import words
from ground_station.readiness.report import Line
from ground_station.readiness.subject import Subject, blocking, ok, warning

CELL_SPREAD_V = 0.15
BATTERY_MEDIUM = 0.5
STEADY_PER_MIN, IDLE_LOSS_PER_MIN, SHORT_MIN = 0.002, 0.01, 5.0


def battery(it: Subject) -> Line:
    """Charge and cells."""
    share, seen = it.state.battery_remaining, it.state.battery
    charge = words(
        "аккумуляторды зарядтаңыз не ауыстырыңыз",
        "зарядите или смените батарею",
        "charge or change the battery",
    )
    if share is None:
        return blocking(
            "battery",
            words("заряд белгісіз", "заряд неизвестен", "its charge is not known"),
            words(
                "қашан құлайтыны белгісіз",
                "неизвестно, на сколько её хватит",
                "nobody knows how long it lasts",
            ),
            charge,
        )
    cells = () if seen is None else seen.cells_v
    fact = words("заряд {s:.0f} %", "заряд {s:.0f} %", "battery {s:.0f} %", s=share * 100)
    critical = it.parameter("BAT_CRIT_THR", 0.07)
    low = it.parameter("BAT_LOW_THR", 0.15)
    if share <= max(low, critical) or (seen is not None and seen.charge_state >= 2):
        return blocking(
            "battery",
            fact,
            words(
                "ұшқан бойда қайтады не қонады",
                "сразу вернётся или сядет",
                "it will return or land at once",
            ),
            charge,
        )
    if len(cells) > 1 and max(cells) - min(cells) > CELL_SPREAD_V:
        return warning(
            "battery",
            words(
                "ұяшықтар {low:.2f}–{high:.2f} В",
                "ячейки {low:.2f}–{high:.2f} В",
                "cells from {low:.2f} to {high:.2f} V",
                low=min(cells),
                high=max(cells),
            ),
            words(
                "әлсіз ұяшық ұшуды кенет үзеді",
                "слабая ячейка может отказать внезапно",
                "the weak cell may give way suddenly",
            ),
            charge,
        )
    if share < BATTERY_MEDIUM:
        return warning(
            "battery",
            fact,
            words("ұзақ ұшуға жетпейді", "надолго не хватит", "it will not last long"),
            charge,
        )
    return ok("battery", fact)


def battery_trend(it: Subject) -> Line | None:
    """How fast it empties; None before it was watched for a minute, or where it does not."""
    trend, share = it.battery_trend, it.state.battery_remaining
    if trend is None or share is None or trend.lost_per_s * 60.0 < STEADY_PER_MIN:
        return None
    per_min = trend.lost_per_s * 60.0
    fact = words(
        "заряд минутына {p:.1f} % кемиді, {left:.0f} минутқа жетеді",
        "заряд падает на {p:.1f} % в минуту, хватит на {left:.0f} мин",
        "it loses {p:.1f} % of its charge a minute: {left:.0f} min are left",
        p=per_min * 100,
        left=share / per_min,
    )
    idle = it.state.armed is False
    if idle and per_min > IDLE_LOSS_PER_MIN:
        return warning(
            "battery_trend",
            fact,
            words(
                "моторлар тоқтап тұр: аккумулятор не тұтынушы ақаулы",
                "моторы стоят: неисправна батарея или потребитель",
                "its motors stand still: the battery or something on it is at fault",
            ),
            words("аккумуляторды ауыстырыңыз", "смените батарею", "change the battery"),
        )
    if not idle and share / per_min < SHORT_MIN:
        return warning(
            "battery_trend",
            fact,
            words("жақында қайтады", "скоро вернётся", "it will soon return"),
            words("кері шақырыңыз", "верните дрон", "call it home"),
        )
    return ok("battery_trend", fact)
