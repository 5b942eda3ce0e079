"""An alert's title in Kazakh, Russian and English: what happened, and where."""

from ground_station.alerts.alert import PlaceName
from ground_station.words import Words
from onboard.messages import EventKind, ObjectClass

WHAT = {
    EventKind.CROWD: Words(kk="Адамдар жиналды", ru="Скопление людей", en="Crowd"),
    EventKind.VEHICLE_STOPPED: Words(
        kk="Жолда көлік тоқтап тұр",
        ru="Автомобиль стоит на проезжей части",
        en="Vehicle stopped on the carriageway",
    ),
    EventKind.ANIMALS_ON_ROAD: Words(
        kk="Жолға мал шықты", ru="Животные на дороге", en="Animals on the road"
    ),
    EventKind.INTRUSION: Words(
        kk="Жабық аумаққа адам кірді",
        ru="Человек в закрытой зоне",
        en="Person in a closed area",
    ),
    EventKind.LOITERING: Words(
        kk="Адам бақыланатын аумақтан кетпей жүр",
        ru="Человек долго остаётся в наблюдаемой зоне",
        en="Person loitering",
    ),
    EventKind.PERSON_DOWN: Words(kk="Адам жатыр", ru="Лежащий человек", en="Person down"),
    EventKind.SPEEDING: Words(
        kk="Жылдамдық асырылды", ru="Превышение скорости", en="Speeding vehicle"
    ),
    EventKind.WRONG_WAY: Words(
        kk="Көлік қарсы бағытта келеді",
        ru="Автомобиль едет против движения",
        en="Vehicle driving the wrong way",
    ),
    EventKind.NOT_YIELDING: Words(
        kk="Жаяу жүргіншіге жол берілмеді",
        ru="Не уступил дорогу пешеходу",
        en="Vehicle did not yield to a pedestrian",
    ),
    EventKind.OFF_ROAD_VEHICLE: Words(
        kk="Көлік жабық аумақта жолсыз жүр",
        ru="Транспорт вне дороги в закрытой зоне",
        en="Off-road vehicle in a closed area",
    ),
    EventKind.UNATTENDED_LIVESTOCK: Words(
        kk="Қараусыз мал", ru="Скот без присмотра", en="Unattended livestock"
    ),
    EventKind.HERD_LEFT_PASTURE: Words(
        kk="Мал жайылымнан шықты", ru="Стадо покинуло пастбище", en="Herd left its pasture"
    ),
    EventKind.BOAT_IN_CLOSED_WATER: Words(
        kk="Жабық су айдынында қайық",
        ru="Лодка на закрытом участке воды",
        en="Boat in a closed reach",
    ),
    EventKind.DENSE_CROWD: Words(
        kk="Адамдар тым тығыз тұр", ru="Опасная плотность людей", en="Dangerously dense crowd"
    ),
    EventKind.SUDDEN_GATHERING: Words(
        kk="Адамдар кенет жиналды", ru="Люди внезапно собрались", en="People gathered suddenly"
    ),
    EventKind.SUDDEN_SCATTERING: Words(
        kk="Адамдар кенет бытырап қашты",
        ru="Люди внезапно разбегаются",
        en="People scattered suddenly",
    ),
    EventKind.PERSON_IN_WATER: Words(
        kk="Суда адам бар", ru="Человек в воде", en="Person in the water"
    ),
    EventKind.PERSON_ON_ICE: Words(
        kk="Мұз үстінде адам бар", ru="Человек на льду", en="Person on the ice"
    ),
    EventKind.CONGESTION: Words(kk="Көлік кептелісі", ru="Затор на дороге", en="Congestion"),
    EventKind.ACCIDENT: Words(
        kk="Жол апатына ұқсайды", ru="Похоже на ДТП", en="Probable road accident"
    ),
    EventKind.ABANDONED_OBJECT: Words(
        kk="Иесіз қалған зат", ru="Оставленный предмет", en="Abandoned object"
    ),
    EventKind.LIGHT_AT_NIGHT: Words(kk="Түнде жарық көрінді", ru="Свет ночью", en="Light at night"),
    EventKind.FIRE: Words(kk="От немесе жылу көзі", ru="Огонь или очаг тепла", en="Fire or heat"),
    EventKind.CHANGE_SINCE_VISIT: Words(
        kk="Алдыңғы ұшудан бері өзгеріс",
        ru="Изменение с прошлого облёта",
        en="Change since the last visit",
    ),
    EventKind.SIGHTING: Words(kk="Нысан көрінді", ru="Замечен объект", en="Sighting"),
    EventKind.OTHER: Words(kk="Оқиға", ru="Событие", en="Event"),
}

# One of a class, and several of it.
SEEN: dict[ObjectClass, tuple[Words, Words]] = {
    ObjectClass.PERSON: (
        Words(kk="адам", ru="человек", en="person"),
        Words(kk="адам", ru="люди", en="people"),
    ),
    ObjectClass.CAR: (
        Words(kk="жеңіл көлік", ru="легковой автомобиль", en="car"),
        Words(kk="жеңіл көлік", ru="легковые автомобили", en="cars"),
    ),
    ObjectClass.TRUCK: (
        Words(kk="жүк көлігі", ru="грузовик", en="truck"),
        Words(kk="жүк көлігі", ru="грузовики", en="trucks"),
    ),
    ObjectClass.BUS: (
        Words(kk="автобус", ru="автобус", en="bus"),
        Words(kk="автобус", ru="автобусы", en="buses"),
    ),
    ObjectClass.MOTORCYCLE: (
        Words(kk="мотоцикл", ru="мотоцикл", en="motorcycle"),
        Words(kk="мотоцикл", ru="мотоциклы", en="motorcycles"),
    ),
    ObjectClass.BICYCLE: (
        Words(kk="велосипед", ru="велосипед", en="bicycle"),
        Words(kk="велосипед", ru="велосипеды", en="bicycles"),
    ),
    ObjectClass.BOAT: (
        Words(kk="қайық", ru="лодка", en="boat"),
        Words(kk="қайық", ru="лодки", en="boats"),
    ),
    ObjectClass.CATTLE: (
        Words(kk="ірі қара", ru="корова", en="cow"),
        Words(kk="ірі қара", ru="коровы", en="cattle"),
    ),
    ObjectClass.HORSE: (
        Words(kk="жылқы", ru="лошадь", en="horse"),
        Words(kk="жылқы", ru="лошади", en="horses"),
    ),
    ObjectClass.SHEEP: (
        Words(kk="қой", ru="овца", en="sheep"),
        Words(kk="қой", ru="овцы", en="sheep"),
    ),
    ObjectClass.DOG: (
        Words(kk="ит", ru="собака", en="dog"),
        Words(kk="ит", ru="собаки", en="dogs"),
    ),
    ObjectClass.BAG: (
        Words(kk="сөмке", ru="сумка", en="bag"),
        Words(kk="сөмке", ru="сумки", en="bags"),
    ),
    ObjectClass.TENT: (
        Words(kk="шатыр", ru="палатка", en="tent"),
        Words(kk="шатыр", ru="палатки", en="tents"),
    ),
    ObjectClass.LIGHT: (
        Words(kk="жарық", ru="свет", en="light"),
        Words(kk="жарық", ru="огни", en="lights"),
    ),
    ObjectClass.HOT_SPOT: (
        Words(kk="ыстық нүкте", ru="горячая точка", en="hot spot"),
        Words(kk="ыстық нүкте", ru="горячие точки", en="hot spots"),
    ),
    ObjectClass.OTHER: (
        Words(kk="нысан", ru="объект", en="object"),
        Words(kk="нысан", ru="объекты", en="objects"),
    ),
}


def title(
    kind: EventKind,
    place: PlaceName | None,
    *,
    object_class: ObjectClass = ObjectClass.OTHER,
    object_count: int = 1,
) -> Words:
    """The title of an alert of a kind at a place; without a place it says what happened only.

    A sighting's title says what was seen, and how many where there is more than one.
    """
    what = _seen(object_class, object_count) if kind is EventKind.SIGHTING else WHAT[kind]
    if place is None:
        return what
    name = _without_sort(place.name) if kind is EventKind.INTRUSION else place.name
    if place.inside:
        return Words(
            kk=f"{what.kk}: {name.kk}", ru=f"{what.ru}: {name.ru}", en=f"{what.en}: {name.en}"
        )
    return Words(
        kk=f"{what.kk}: {name.kk} маңында",
        ru=f"{what.ru}: рядом — {name.ru}",
        en=f"{what.en}: near {name.en}",
    )


def _seen(object_class: ObjectClass, count: int) -> Words:
    one, several = SEEN[object_class]
    if count == 1:
        return Words(
            kk=f"{_capital(one.kk)} көрінді",
            ru=f"В кадре {one.ru}",
            en=f"{_capital(one.en)} seen",
        )
    # "В кадре" keeps the nominative, so that no number asks for another case.
    return Words(
        kk=f"{count} {several.kk} көрінді",
        ru=f"В кадре {several.ru} ({count})",
        en=f"{count} {several.en} seen",
    )


def _without_sort(name: Words) -> Words:
    """A closed area is often called "Closed area: ..."; an intrusion has said that already."""
    return Words(kk=_after_colon(name.kk), ru=_after_colon(name.ru), en=_after_colon(name.en))


def _after_colon(text: str) -> str:
    return text.partition(": ")[2] or text


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
