"""An alert's title in Kazakh, Russian and English: what happened, and where."""

from ground_station.alerts.alert import PlaceName
from ground_station.words import Words
from onboard.messages import EventKind

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
    EventKind.SIGHTING: Words(kk="Нысан көрінді", ru="Замечен объект", en="Sighting"),
    EventKind.OTHER: Words(kk="Оқиға", ru="Событие", en="Event"),
}


def title(kind: EventKind, place: PlaceName | None) -> Words:
    """The title of an alert of a kind at a place; without a place it says what happened only."""
    what = WHAT[kind]
    if place is None:
        return what
    name = place.name
    if place.inside:
        return Words(
            kk=f"{what.kk}: {name.kk}", ru=f"{what.ru}: {name.ru}", en=f"{what.en}: {name.en}"
        )
    return Words(
        kk=f"{what.kk}: {name.kk} маңында",
        ru=f"{what.ru}: рядом — {name.ru}",
        en=f"{what.en}: near {name.en}",
    )
