"""Position, estimate, home, wind, link, clock, firmware, payload: the vehicle itself."""

import math

from ground_station.flying.outcome import joined, words
from ground_station.flying.px4_words import unhealthy
from ground_station.readiness.report import Line
from ground_station.readiness.subject import Subject, blocking, ok, warning
from ground_station.vehicles.state import LINK_SILENT_S
from missions.geodesy import GeoPoint, distance_m

FIX_3D = 3
FEW_SATELLITES = 8
POSITION_ABSOLUTE, POSITION_RELATIVE = 16, 8
VELOCITY_LEVEL, ATTITUDE = 2, 1
INACCURATE_M = 5.0
FAR_FROM_HOME_M = 50.0
WINDY_SHARE, TOO_WINDY_SHARE = 0.5, 0.8
LOSS_BAD, LOSS_WORST = 0.05, 0.25
SLOW_S, VERY_SLOW_S = 0.5, 1.5
RSSI_WEAK = 60
CLOCK_OFF_S = 2.0
OLDEST_FIRMWARE = (1, 14)
FREE_SHARE_LOW = 0.1


def ready_to_arm(it: Subject) -> Line:
    """The vehicle's own word, with what it says is not well."""
    if it.state.armed:
        fact = words("моторлар қосулы", "моторы запущены", "it is armed already")
        return ok("ready", fact)
    if it.state.ready_to_arm:
        return ok("ready", words("дрон дайынмын дейді", "дрон готов", "it says it is ready"))
    bad = [] if it.state.sensors is None else unhealthy(*it.state.sensors)
    fact = words("дрон дайын емес", "дрон не готов", "it says it is not ready to fly")
    return blocking(
        "ready",
        joined([fact, *bad]),
        words("моторлар қосылмайды", "моторы не запустятся", "it will refuse to arm"),
        words(
            "бірнеше секунд күтіңіз, сосын тексеріңіз",
            "подождите и осмотрите дрон",
            "wait a little, then look at what it names",
        ),
    )


def position(it: Subject) -> Line:
    """Fix and satellites."""
    gps = it.state.gps
    if gps is None or gps.fix_type < FIX_3D:
        return blocking(
            "position",
            words("жерсеріктік орын жоқ", "спутникового положения нет", "it has no satellite fix"),
            words(
                "дрон қайда екенін білмейді",
                "дрон не знает, где он",
                "it does not know where it is",
            ),
            words(
                "ашық аспан астына шығарыңыз",
                "вынесите под открытое небо",
                "bring it under open sky",
            ),
        )
    fact = words("{n} жерсерік", "{n} спутников", "{n} satellites, 3D fix", n=gps.satellites)
    if gps.satellites < FEW_SATELLITES:
        return warning(
            "position",
            fact,
            words(
                "орын метрлеп ауытқуы мүмкін",
                "положение может уплыть на метры",
                "its place may be metres off",
            ),
            words(
                "көбірек жерсерікті күтіңіз",
                "дождитесь большего числа спутников",
                "wait for more satellites",
            ),
        )
    return ok("position", fact)


def estimate(it: Subject) -> Line:
    """What the estimator says of itself."""
    flags = it.state.estimator_flags
    if flags is None:
        return warning(
            "estimate",
            words(
                "орын есебі туралы дерек жоқ",
                "о расчёте положения нет данных",
                "it has not said how its estimate stands",
            ),
            words(
                "ақау көрінбей қалуы мүмкін", "сбой можно не заметить", "a fault could go unseen"
            ),
            words(
                "ESTIMATOR_STATUS ағынын қосыңыз",
                "включите поток ESTIMATOR_STATUS",
                "turn the ESTIMATOR_STATUS stream on",
            ),
        )
    if not flags & POSITION_ABSOLUTE or not flags & ATTITUDE:
        return blocking(
            "estimate",
            words(
                "орны мен қалпы есептелмеген",
                "положение не рассчитано",
                "its position or attitude estimate is not valid",
            ),
            words("өздігінен ұша алмайды", "не сможет лететь сам", "it cannot fly by itself"),
            words("қозғамай күтіңіз", "не двигайте и подождите", "leave it still and wait"),
        )
    level_m = (it.state.estimator_accuracy_m or (0.0, 0.0))[0]
    fact = words(
        "дәлдігі {m:.1f} м", "точность {m:.1f} м", "position known to {m:.1f} m", m=level_m
    )
    if level_m > INACCURATE_M:
        return warning(
            "estimate",
            fact,
            words("жолдан ауытқиды", "будет отклоняться от пути", "it will stray from its path"),
            words(
                "дәлірек болғанша күтіңіз", "дождитесь лучшей точности", "wait until it is better"
            ),
        )
    return ok("estimate", fact)


def home(it: Subject) -> Line:
    """Where it would come back to."""
    at, state = it.state.home, it.state
    if at is None:
        return blocking(
            "home",
            words("үй нүктесі жоқ", "точка дома не задана", "home is not set"),
            words("қайтатын жері жоқ", "ему некуда возвращаться", "it has nowhere to return to"),
            words("жерсерікті күтіңіз", "дождитесь спутников", "wait for a satellite fix"),
        )
    if state.latitude_deg is None or state.longitude_deg is None:
        return ok("home", words("үй белгілі", "дом известен", "home is known"))
    far_m = distance_m(
        GeoPoint(latitude_deg=at.latitude_deg, longitude_deg=at.longitude_deg),
        GeoPoint(latitude_deg=state.latitude_deg, longitude_deg=state.longitude_deg),
    )
    fact = words("үй {m:.0f} м жерде", "дом в {m:.0f} м", "home is {m:.0f} m away", m=far_m)
    if far_m > FAR_FROM_HOME_M and state.landed:
        return warning(
            "home",
            fact,
            words(
                "дрон басқа жерге қайтады",
                "вернётся не туда, где взлетел",
                "it would return to another place",
            ),
            words(
                "моторды қайта қосқанда үй жаңарады",
                "дом обновится при запуске моторов",
                "arming sets home anew; check it then",
            ),
        )
    return ok("home", fact)


def wind(it: Subject) -> Line | None:
    """Against what it can fly; None where nothing is known."""
    seen = it.state.wind_north_east_m_s
    if seen is None or not all(math.isfinite(each) for each in seen):
        return None
    speed, limit = math.hypot(*seen), it.parameter("MPC_XY_VEL_MAX", 12.0)
    fact = words("жел {v:.0f} м/с", "ветер {v:.0f} м/с", "wind {v:.0f} m/s", v=speed)
    slow = words(
        "желге қарсы баяу ұшады, заряд көп кетеді",
        "против ветра летит медленно и тратит заряд",
        "upwind it is slow and drains its battery",
    )
    calm = words("жел басылғанша күтіңіз", "дождитесь, пока стихнет", "wait for it to calm")
    if speed > limit * TOO_WINDY_SHARE:
        return blocking(
            "wind",
            fact,
            words(
                "желге қарсы қайта алмайды",
                "не сможет вернуться против ветра",
                "it could not come back against it",
            ),
            calm,
        )
    return warning("wind", fact, slow, calm) if speed > limit * WINDY_SHARE else ok("wind", fact)


def link(it: Subject) -> Line:
    """Silence, loss, delay, radio."""
    closer = words(
        "антеннаны, орынды, арнаны тексеріңіз",
        "проверьте антенну, место, канал",
        "check antenna, place and channel",
    )
    if not it.round_trips_s:
        return blocking(
            "link",
            words("дрон жауап бермейді", "дрон не отвечает", "it does not answer"),
            words("бұйрық жетпейді", "команды не дойдут", "commands will not reach it"),
            closer,
        )
    delay_s = sorted(it.round_trips_s)[len(it.round_trips_s) // 2]
    loss = it.loss or 0.0
    fact = words(
        "кідіріс {ms:.0f} мс, шығын {loss:.0f} %",
        "задержка {ms:.0f} мс, потери {loss:.0f} %",
        "answers in {ms:.0f} ms, {loss:.0f} % lost",
        ms=delay_s * 1000,
        loss=loss * 100,
    )
    late = words("бұйрықтар кешігіп жетеді", "команды доходят с опозданием", "commands arrive late")
    if loss > LOSS_WORST or delay_s > VERY_SLOW_S:
        return blocking("link", fact, late, closer)
    weak = it.state.radio is not None and 0 < min(it.state.radio) < RSSI_WEAK
    if loss > LOSS_BAD or delay_s > SLOW_S or weak:
        return warning("link", fact, late, closer)
    return ok("link", fact)


def clock(it: Subject) -> Line:
    """Its time against ours."""
    if it.vehicle_utc is None:
        return warning(
            "clock",
            words("дрон уақытты білмейді", "дрон не знает времени", "it does not know the time"),
            words(
                "жазбалар уақыты қате болады",
                "время записей будет неверным",
                "what it records has a wrong time",
            ),
            words("жерсерікті күтіңіз", "дождитесь спутников", "wait for a satellite fix"),
        )
    off_s = abs((it.utc - it.vehicle_utc).total_seconds())
    fact = words(
        "сағат айырмасы {s:.1f} с",
        "часы расходятся на {s:.1f} с",
        "clocks differ by {s:.1f} s",
        s=off_s,
    )
    if off_s <= CLOCK_OFF_S:
        return ok("clock", fact)
    return warning(
        "clock",
        fact,
        words(
            "жазбалар уақыты сәйкес келмейді",
            "время записей не сойдётся",
            "its records will not agree with ours",
        ),
        words(
            "осы жердегі сағатты тексеріңіз",
            "проверьте часы здесь",
            "check the clock of this machine",
        ),
    )


def firmware(it: Subject) -> Line:
    """PX4's version."""
    number = it.state.firmware
    if number is None:
        return warning(
            "firmware",
            words("нұсқасы белгісіз", "версия неизвестна", "its version is not known"),
            words(
                "мінезі басқаша болуы мүмкін",
                "может вести себя иначе",
                "it may behave in another way than foretold here",
            ),
            words("қайта тексеріңіз", "проверьте ещё раз", "look again"),
        )
    major, minor, patch = number >> 24 & 0xFF, number >> 16 & 0xFF, number >> 8 & 0xFF
    fact = words("PX4 {a}.{b}.{c}", "PX4 {a}.{b}.{c}", "PX4 {a}.{b}.{c}", a=major, b=minor, c=patch)
    if (major, minor) >= OLDEST_FIRMWARE:
        return ok("firmware", fact)
    return warning(
        "firmware",
        fact,
        words(
            "ескі: мінезі басқаша",
            "старая: ведёт себя иначе",
            "old: it behaves in another way than foretold here",
        ),
        words("жаңартыңыз", "обновите", "update it"),
    )


def payload(it: Subject) -> list[Line]:
    """Gimbal, camera with room, light: what a patrol needs and may lack."""
    lines = []
    has_gimbal = it.payload.gimbal is not None or it.payload.gimbal_manager_seen
    if has_gimbal:
        lines.append(ok("gimbal", words("подвес бар", "подвес есть", "there is a gimbal")))
    if it.camera is None:
        lines.append(
            warning(
                "camera",
                words("камера көрінбейді", "камера не отвечает", "no camera is heard"),
                words(
                    "фото мен бейне болмайды", "не будет фото и видео", "there will be no pictures"
                ),
                words("кабельді тексеріңіз", "проверьте кабель", "check its cable"),
            )
        )
        return lines
    return [*lines, _storage(it)]


def _storage(it: Subject) -> Line:
    free, total = it.payload.free_mib, it.payload.total_mib
    if free is None:
        return ok("camera", words("камера бар", "камера есть", "there is a camera"))
    fact = words("бос орын {gb:.1f} ГБ", "свободно {gb:.1f} ГБ", "{gb:.1f} GB free", gb=free / 1024)
    if total and free / total < FREE_SHARE_LOW:
        return warning(
            "camera",
            fact,
            words("жазба үзіледі", "запись прервётся", "recording will stop"),
            words("картаны босатыңыз", "освободите карту", "empty the card"),
        )
    return ok("camera", fact)


def silent(it: Subject, now_s: float) -> bool:
    """Whether it is not heard at all."""
    return now_s - it.state.heard_at_s > LINK_SILENT_S
