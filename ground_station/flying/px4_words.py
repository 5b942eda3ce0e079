"""PX4's own texts in plain words: why it will not arm, fly there, or start.

Texts are those of PX4 v1.17 (commander's health checks, navigator); what is not in the table is
passed on as PX4 said it.
"""

import re

from ground_station.words import Words

WHAT_PX4_SAYS = (
    (
        r"no heading reference",
        Words(
            kk="дрон қай жаққа қарап тұрғанын әлі білмейді (компас күтілуде)",
            ru="дрон ещё не знает, куда смотрит (ждёт компас)",
            en="it does not know yet which way it faces (waiting for its compass)",
        ),
    ),
    (
        r"ekf2 missing data|Attitude failure|attitude estimate|Altitude failure|height estimate",
        Words(
            kk="өз қалпы мен биіктігін әлі есептеп болмады",
            ru="ещё не рассчитал своё положение и высоту",
            en="it has not worked out its attitude and height yet",
        ),
    ),
    (
        r"GPS|GNSS|position estimate|Not yet ready for mission, no position",
        Words(
            kk="жерсеріктік орын анықтау жеткіліксіз",
            ru="недостаточно точное спутниковое местоположение",
            en="its satellite position is not good enough",
        ),
    ),
    (
        r"[Hh]ome position|valid home|No home",
        Words(
            kk="үй нүктесі әлі белгісіз",
            ru="ещё не известна точка дома",
            en="its home position is not known yet",
        ),
    ),
    (
        r"[Bb]attery|Avionics Power|power module",
        Words(
            kk="аккумулятор немесе қорек дұрыс емес",
            ru="неисправно питание или батарея",
            en="its battery or power is not right",
        ),
    ),
    (
        r"Accel|Gyro|[Bb]aro|Compass|Sensor|[Cc]alibra",
        Words(
            kk="датчик жоқ, ақаулы немесе калибрленбеген",
            ru="датчик отсутствует, неисправен или не откалиброван",
            en="a sensor is missing, faulty or not calibrated",
        ),
    ),
    (
        r"ground control station|GCS|data link",
        Words(
            kk="жер стансасымен байланыс жоқ",
            ru="нет связи с наземной станцией",
            en="it has no connection to a ground station",
        ),
    ),
    (
        r"RC |[Mm]anual control|throttle|stick",
        Words(
            kk="қол пульті жоқ немесе газ тұтқасы қауіпсіз орында емес",
            ru="нет пульта или ручка газа не в безопасном положении",
            en="the hand controller is missing or its throttle is not in a safe position",
        ),
    ),
    (
        r"[Kk]ill|[Ss]afety (button|switch)",
        Words(
            kk="сақтандырғыш түймесі басулы",
            ru="включена кнопка безопасности",
            en="its safety or kill switch is on",
        ),
    ),
    (
        r"Flight termination|[Cc]rash dumps|CPU load|[Pp]arameter|[Ss]torage|SD card",
        Words(
            kk="бортовой компьютер ақауды хабарлайды",
            ru="бортовой компьютер сообщает о неисправности",
            en="its flight computer reports a fault",
        ),
    ),
    (
        r"outside geofence|Geofence|geofence",
        Words(
            kk="бұл рұқсат етілген аймақтың шегінен тыс",
            ru="это за границей разрешённой зоны",
            en="that is outside the fence",
        ),
    ),
    (
        r"No valid mission|valid mission|Mission rejected|no mission",
        Words(
            kk="бортта жарамды тапсырма жоқ",
            ru="на борту нет пригодного задания",
            en="there is no valid mission on board",
        ),
    ),
    (
        r"Disarming denied: not landed",
        Words(
            kk="дрон ауада",
            ru="дрон в воздухе",
            en="it is in the air",
        ),
    ),
    (
        r"[Ww]ind",
        Words(kk="жел тым күшті", ru="слишком сильный ветер", en="the wind is too strong"),
    ),
    (
        r"radius limit",
        Words(
            kk="шеңбер радиусы тым үлкен немесе тым кіші",
            ru="недопустимый радиус круга",
            en="the circle's radius is beyond its limits",
        ),
    ),
    (
        r"Arming denied|system health",
        Words(
            kk="ұшуға дайын емес",
            ru="не готов к полёту",
            en="it is not ready to fly",
        ),
    ),
    (
        r"currently not possible|not available|rejected",
        Words(
            kk="бұл режим қазір мүмкін емес",
            ru="этот режим сейчас невозможен",
            en="that mode is not possible now",
        ),
    ),
)
_TABLE = tuple((re.compile(pattern), said) for pattern, said in WHAT_PX4_SAYS)

RESULT_WORDS = {
    1: Words(
        kk="дрон қазір бұл күйде орындай алмайды",
        ru="сейчас дрон не может этого сделать",
        en="the vehicle is not in a state to do it now",
    ),
    2: Words(
        kk="дрон мұндай бұйрықты орындамайды",
        ru="дрон отказался выполнять это",
        en="the vehicle will not do it as asked",
    ),
    3: Words(
        kk="дрон бұл бұйрықты білмейді",
        ru="дрон не знает такой команды",
        en="the vehicle does not know this command",
    ),
    4: Words(
        kk="дрон орындап көрді, бірақ шықпады",
        ru="дрон попробовал, но не смог",
        en="the vehicle tried and failed",
    ),
    6: Words(kk="тоқтатылды", ru="отменено", en="cancelled"),
    10: Words(
        kk="басқаруды басқа жүйе ұстап тұр",
        ru="управление у другой системы",
        en="another system has control",
    ),
}

SENSOR_WORDS = {
    0: Words(kk="гироскоп", ru="гироскоп", en="gyroscope"),
    1: Words(kk="акселерометр", ru="акселерометр", en="accelerometer"),
    2: Words(kk="компас", ru="компас", en="compass"),
    3: Words(kk="барометр", ru="барометр", en="barometer"),
    5: Words(kk="жерсеріктік қабылдағыш", ru="спутниковый приёмник", en="satellite receiver"),
    15: Words(kk="моторлар", ru="моторы", en="motors"),
    16: Words(kk="қол пульті", ru="пульт", en="hand controller"),
    20: Words(kk="рұқсат етілген аймақ", ru="граница зоны", en="fence"),
    21: Words(kk="қалып есебі", ru="расчёт положения", en="attitude estimate"),
    24: Words(kk="жазба", ru="запись журнала", en="logging"),
    25: Words(kk="аккумулятор", ru="батарея", en="battery"),
}


def plain(text: str) -> Words:
    """What a text of the vehicle means, with the text itself beside it."""
    quoted = text.strip()
    for pattern, said in _TABLE:
        if pattern.search(quoted):
            return Words(
                kk=f"{said.kk} («{quoted}»)",
                ru=f"{said.ru} («{quoted}»)",
                en=f"{said.en} ({quoted!r})",
            )
    return Words(kk=f"«{quoted}»", ru=f"«{quoted}»", en=repr(quoted))


def result_words(result: int | None) -> Words:
    """A MAV_RESULT that is not 'accepted'."""
    known = RESULT_WORDS.get(-1 if result is None else result)
    return known or Words(
        kk=f"дронның жауабы: {result}", ru=f"ответ дрона: {result}", en=f"it answered {result}"
    )


def unhealthy(present: int, enabled: int, health: int) -> list[Words]:
    """Sensors that are there and used and say of themselves that they are not well."""
    return [
        said
        for bit, said in SENSOR_WORDS.items()
        if present >> bit & 1 and enabled >> bit & 1 and not health >> bit & 1
    ]
