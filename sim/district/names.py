"""Names of the invented district: real-sounding, in Kazakh, Russian and English."""

from sim.district.features import Name

DISTRICT = Name("Қызылорда", "Кызылорда", "Kyzylorda")
RIVER = Name("Сырдария", "Сырдарья", "Syr Darya")
BRIDGE = Name("Сырдария көпірі", "Мост через Сырдарью", "Syr Darya Bridge")

_BASES = (
    ("Абай", "Абая", "Abay"),
    ("Жібек жолы", "Жибек Жолы", "Zhibek Zholy"),
    ("Қорқыт ата", "Коркыт Ата", "Korkyt Ata"),
    ("Желтоқсан", "Желтоксан", "Zheltoksan"),
    ("Ақмешіт", "Акмешит", "Akmeshit"),
    ("Әйтеке би", "Айтеке би", "Aiteke Bi"),
    ("Төле би", "Толе би", "Tole Bi"),
    ("Қазыбек би", "Казыбек би", "Kazybek Bi"),
    ("Бейбарыс", "Бейбарыса", "Beibarys"),
    ("Сығанақ", "Сыганак", "Syganak"),
    ("Жанкент", "Жанкент", "Zhankent"),
    ("Әл-Фараби", "Аль-Фараби", "Al-Farabi"),
    ("Байтерек", "Байтерек", "Baiterek"),
    ("Бәйшешек", "Байшешек", "Baisheshek"),
    ("Достық", "Достык", "Dostyk"),
    ("Бірлік", "Бирлик", "Birlik"),
    ("Наурыз", "Наурыз", "Nauryz"),
    ("Арал", "Аральская", "Aral"),
    ("Қызғалдақ", "Кызгалдак", "Kyzgaldak"),
    ("Жиделі", "Жидели", "Zhideli"),
    ("Сексеуіл", "Саксаульная", "Saxaul"),
    ("Тұмар", "Тумар", "Tumar"),
    ("Алатау", "Алатау", "Alatau"),
    ("Көктем", "Коктем", "Koktem"),
    ("Шұғыла", "Шугыла", "Shugyla"),
    ("Самал", "Самал", "Samal"),
    ("Тұран", "Туран", "Turan"),
    ("Мерей", "Мерей", "Merei"),
    ("Ақсу", "Аксу", "Aksu"),
    ("Балауса", "Балауса", "Balausa"),
    ("Құрманғазы", "Курмангазы", "Kurmangazy"),
    ("Домбыра", "Домбыра", "Dombyra"),
)
STREET_NAMES = len(_BASES)


def avenue(index: int) -> Name:
    """The name of a main road; the list starts again after its end."""
    kk, ru, en = _BASES[index % STREET_NAMES]
    return Name(f"{kk} даңғылы", f"проспект {ru}", f"{en} Avenue")


def street(index: int) -> Name:
    """The name of a street; the list starts again after its end."""
    kk, ru, en = _BASES[index % STREET_NAMES]
    return Name(f"{kk} көшесі", f"улица {ru}", f"{en} Street")


EMBANKMENT_STREET = Name("Жағалау көшесі", "Набережная улица", "Embankment Street")
LEFT_BANK_ROAD = Name("Солжаға жолы", "Левобережная дорога", "Left Bank Road")
FIELD_TRACK = Name("Дала жолы", "Полевая дорога", "Field Track")

PLACES = {
    "square-central": Name("Орталық алаң", "Центральная площадь", "Central Square"),
    "square-theatre": Name("Театр алаңы", "Театральная площадь", "Theatre Square"),
    "square-station": Name("Вокзал алаңы", "Привокзальная площадь", "Station Square"),
    "bazaar": Name("Сыр базары", "Сырдарьинский базар", "Syr Bazaar"),
    "park-syr": Name("Сыр саябағы", "Парк «Сыр»", "Syr Park"),
    "park-independence": Name("Тәуелсіздік саябағы", "Парк Независимости", "Independence Park"),
    "park-saxaul": Name("Сексеуіл саябағы", "Парк «Саксаул»", "Saxaul Park"),
    "embankment": Name("Сырдария жағалауы", "Набережная Сырдарьи", "Syr Darya Embankment"),
    "pasture": Name("Солжаға жайылымы", "Левобережное пастбище", "Left Bank Pasture"),
    "hemp-field": Name("Жабайы қарасора алқабы", "Поле дикой конопли", "Wild Hemp Field"),
    "closed-hemp-field": Name(
        "Жабық аймақ: қарасора алқабы", "Закрытая зона: поле конопли", "Closed area: hemp field"
    ),
}


def school(number: int) -> Name:
    """The name of a school by its number."""
    return Name(f"№{number} мектеп", f"Школа №{number}", f"School No. {number}")


def house(road: Name, number: int) -> Name:
    """The address of a building."""
    return Name(f"{road.kk}, {number}", f"{road.ru}, {number}", f"{number} {road.en}")


def dock(place: Name) -> Name:
    """The name of a drone's dock, after the place that it watches."""
    return Name(f"Дрон бекеті: {place.kk}", f"Док дрона: {place.ru}", f"Drone dock: {place.en}")


def crossing(a: Name, b: Name) -> Name:
    """The name of the crossing of two roads."""
    return Name(f"{a.kk} / {b.kk}", f"{a.ru} / {b.ru}", f"{a.en} / {b.en}")
