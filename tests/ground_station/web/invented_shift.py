"""An invented night shift for the fake hub: five drones on rounds, what they see, and alerts."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from invented_district import LATITUDE_DEG, LONGITUDE_DEG, Json, lon_lat, words

# Centre of each round east and north of the district's middle, and its half axes; metres.
ROUNDS = (
    (0, 0, 160, 120),
    (650, 300, 240, 190),
    (-700, 350, 300, 210),
    (900, -1500, 420, 260),
    (-900, -1450, 260, 200),
)
NAMES = ("Сұңқар", "Лашын", "Қаршыға", "Тұйғын", "Бүркіт")
ROUND_S = 95.0
OBJECTS_SEEN = ("person", "person", "car", "cattle", "bus", "person")
GROUND_AMSL_M = 129.0


class Incoming(NamedTuple):
    """One kind of alert as it will be told."""

    kind: str
    severity: str
    certainty: float
    drone: int
    objects: int
    place: tuple[str, str, str]
    title: tuple[str, str, str]
    why: tuple[str, str, str]


ALERTS = (
    Incoming(
        kind="crowd",
        severity="warning",
        certainty=0.87,
        drone=1,
        objects=24,
        place=("Орталық алаң", "Центральная площадь", "Central Square"),
        title=(
            "Адамдар жиналды: Орталық алаң",
            "Скопление людей: Центральная площадь",
            "Crowd: Central Square",
        ),
        why=(
            "24 адам 31 м шеңберде 40 секундтан бері тұр.",
            "24 человека в круге 31 м уже 40 секунд.",
            "24 people within 31 m of each other for 40 seconds.",
        ),
    ),
    Incoming(
        kind="intrusion",
        severity="alarm",
        certainty=0.93,
        drone=5,
        objects=1,
        place=("Жабық аймақ", "Закрытая зона", "Closed area"),
        title=(
            "Жабық аумаққа адам кірді: Жабық аймақ",
            "Человек в закрытой зоне: Закрытая зона",
            "Person in a closed area: Closed area",
        ),
        why=(
            "Адам 93 % ықтималдықпен жабық аймақтың ішінде, 12 секунд.",
            "Человек с вероятностью 93 % внутри закрытой зоны, 12 секунд.",
            "A person is inside the closed area with probability 93 %, for 12 seconds.",
        ),
    ),
    Incoming(
        kind="vehicle_stopped",
        severity="warning",
        certainty=0.78,
        drone=2,
        objects=1,
        place=("Сыр базары", "Сыр базар", "Syr Bazaar"),
        title=(
            "Жолда көлік тоқтап тұр: Сыр базары маңында",
            "Автомобиль стоит на проезжей части: рядом — Сыр базар",
            "Vehicle stopped on the carriageway: near Syr Bazaar",
        ),
        why=(
            "Жеңіл көлік жүріс бөлігінде 45 секундтан бері тұр.",
            "Легковой автомобиль стоит на проезжей части 45 секунд.",
            "A car has stood on the carriageway for 45 seconds.",
        ),
    ),
    Incoming(
        kind="animals_on_road",
        severity="notice",
        certainty=0.64,
        drone=4,
        objects=7,
        place=("Жайылым", "Пастбище", "Pasture"),
        title=(
            "Жолға мал шықты: Жайылым маңында",
            "Животные на дороге: рядом — Пастбище",
            "Animals on the road: near Pasture",
        ),
        why=(
            "7 ірі қара жолға шықты, жылдамдығы 0,8 м/с.",
            "7 голов скота вышли на дорогу, скорость 0,8 м/с.",
            "7 cattle walked onto the road at 0.8 m/s.",
        ),
    ),
)

CLASS_OF_KIND = {"animals_on_road": "cattle", "vehicle_stopped": "car"}


def now_text(ago_s: float = 0.0) -> str:
    """UTC, ISO 8601."""
    return (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat()


def round_path(number: int, points: int = 48) -> list[list[float]]:
    """The planned path of drone `number`, [latitude, longitude] in degrees."""
    return [_round_point(number, index / points) for index in range(points + 1)]


def vehicle(number: int, elapsed_s: float) -> Json:
    """Drone `number` (from 1): the fourth stands on its dock with a low battery."""
    flies, turn = number != 4, elapsed_s / ROUND_S
    latitude, longitude = _round_point(number, turn)
    ahead = _round_point(number, turn + 0.002)
    return {
        "system_id": number,
        "drone_id": f"qyran-{number}",
        "name": f"{NAMES[number - 1]}-{number}",
        "linked": number != 3 or elapsed_s % 60 < 45,
        "mode": "mission" if flies else "hold",
        "armed": flies,
        "landed": not flies,
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "height_amsl_m": GROUND_AMSL_M + (60.0 if flies else 0.0),
        "height_above_home_m": 60.0 - 4 * number if flies else 0.0,
        "heading_rad": math.atan2((ahead[1] - longitude) * 0.709, ahead[0] - latitude),
        "ground_speed_m_s": 7.4 if flies else 0.0,
        "battery_remaining": max(0.05, (0.91 if flies else 0.24) - elapsed_s / 9000 * number),
        "mission_current": int(turn * 48) % 48 if flies else 0,
        "mission_total": 48,
        "mission_hash": 1000 + number,
        "plan_proven": number != 4,
        "last_heard_s_ago": 0.3,
        "home": None,
        "plan_notice": "",
    }


def view(craft: Json) -> Json:
    """What the drone's camera sees: a trapezium ahead of it."""
    heading = craft["heading_rad"]
    corners = ((-28, 25), (28, 25), (62, 105), (-62, 105))
    return {
        "kind": "view",
        "drone_id": craft["drone_id"],
        "latitude_deg": craft["latitude_deg"],
        "longitude_deg": craft["longitude_deg"],
        "height_amsl_m": craft["height_amsl_m"],
        "height_above_ground_m": craft["height_above_home_m"],
        "optical_axis_bearing_rad": heading,
        "optical_axis_elevation_rad": -0.785,
        "footprint": [_ahead(craft, heading, right, up) for right, up in corners],
    }


def tracks(craft: Json, elapsed_s: float) -> Json:
    """A handful of objects that wander within the drone's view."""
    seen = []
    for index, object_class in enumerate(OBJECTS_SEEN):
        right = 40 * math.sin(elapsed_s / 9 + 2 * index)
        up = 60 + 28 * math.cos(elapsed_s / 11 + index)
        latitude, longitude = _ahead(craft, craft["heading_rad"], right, up)
        position = {"latitude_deg": latitude, "longitude_deg": longitude, "ellipse": _ellipse()}
        seen.append(
            {
                "track_id": index,
                "object_class": object_class,
                "confidence": 0.8,
                "position": position,
                "velocity_north_m_s": 0.4,
                "velocity_east_m_s": 0.1,
            }
        )
    return {"kind": "tracks", "drone_id": craft["drone_id"], "tracks": seen}


def alert(number: int, sha256: str, cameras: Json, ago_s: float = 0.0) -> Json:
    """Alert `number` (from 0), as the hub tells it: new, with the four nearest cameras."""
    incoming = ALERTS[number % len(ALERTS)]
    east, north, _, _ = ROUNDS[incoming.drone - 1]
    longitude, latitude = lon_lat(east + 35 * math.sin(number), north + 25 * math.cos(number))
    boxes = [_box(index, incoming.kind) for index in range(min(incoming.objects, 6))]
    return {
        "id": f"alert-{number + 1:04d}",
        "kind": incoming.kind,
        "severity": incoming.severity,
        "state": "new",
        "certainty": incoming.certainty,
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "ellipse": _ellipse(),
        "place": words(*incoming.place),
        "place_inside": incoming.kind in ("crowd", "intrusion"),
        "title": words(*incoming.title),
        "explanation": words(*incoming.why),
        "object_class": CLASS_OF_KIND.get(incoming.kind, "person"),
        "object_count": incoming.objects,
        "drone_id": f"qyran-{incoming.drone}",
        "zone": None,
        "event_ids": [f"qyran-{incoming.drone}:boot:{number}"],
        "picture": {
            "sha256": sha256,
            "width_px": 960,
            "height_px": 540,
            "boxes": boxes,
            "stored": True,
        },
        "cameras": _nearest(latitude, longitude, cameras),
        "began_at": now_text(ago_s + 45),
        "captured_at": now_text(ago_s + 4),
        "created_at": now_text(ago_s),
        "incident_id": None,
        "history": [{"at": now_text(ago_s), "who": "hub", "action": "created"}],
    }


def _round_point(number: int, turn: float) -> list[float]:
    east, north, across, up = ROUNDS[number - 1]
    angle = 2 * math.pi * turn
    longitude, latitude = lon_lat(east + across * math.cos(angle), north + up * math.sin(angle))
    return [latitude, longitude]


def _ahead(craft: Json, heading_rad: float, right_m: float, ahead_m: float) -> list[float]:
    north = ahead_m * math.cos(heading_rad) - right_m * math.sin(heading_rad)
    east = ahead_m * math.sin(heading_rad) + right_m * math.cos(heading_rad)
    longitude, latitude = lon_lat(east, north)
    return [
        craft["latitude_deg"] + latitude - LATITUDE_DEG,
        craft["longitude_deg"] + longitude - LONGITUDE_DEG,
    ]


def _ellipse() -> Json:
    return {
        "semi_major_m": 9.0,
        "semi_minor_m": 4.5,
        "orientation_rad": 0.9,
        "probability": 0.9,
    }


def _box(index: int, kind: str) -> Json:
    names = {"vehicle_stopped": "car", "animals_on_road": "cattle"}
    return {
        "left_px": 210.0 + 95 * index,
        "top_px": 225.0 + 38 * (index % 3),
        "width_px": 46.0,
        "height_px": 62.0,
        "object_class": names.get(kind, "person"),
        "confidence": 0.9 - 0.05 * index,
        "track_id": index,
    }


def _nearest(latitude: float, longitude: float, cameras: Json) -> list[dict[str, Any]]:
    sightings = []
    for feature in cameras["features"]:
        camera_longitude, camera_latitude = feature["geometry"]["coordinates"]
        north = (latitude - camera_latitude) * 111_195
        east = (longitude - camera_longitude) * 111_195 * 0.709
        properties = feature["properties"]
        sightings.append(
            {
                "id": properties["id"],
                "name": properties["name"]["ru"],
                "kind": properties["kind"],
                "distance_m": math.hypot(north, east),
                "bearing_rad": math.atan2(east, north) % (2 * math.pi),
                "latitude_deg": camera_latitude,
                "longitude_deg": camera_longitude,
            }
        )
    return sorted(sightings, key=lambda sighting: float(sighting["distance_m"]))[:4]


def lease(number: int) -> Json:
    """A drone that nobody commands."""
    return {
        "system_id": number,
        "holder": None,
        "since": None,
        "asked_by": None,
        "asked_why": "",
        "takeable": number != 2,
        "foreign": None,
        "foreign_at": None,
    }


def readiness(number: int) -> Json:
    """A report with a warning and a blocking line."""

    def words(text: str) -> Json:
        return {"kk": f"{text} (kk)", "ru": f"{text} (ru)", "en": text}

    def line(check: str, level: str, fact: str) -> Json:
        bad = level != "ok"
        return {
            "check": check,
            "level": level,
            "fact": words(fact),
            "consequence": words("what follows from it") if bad else None,
            "proposal": words("what to do about it") if bad else None,
        }

    def will(text: str) -> Json:
        return {"when": "", "will": words(text), "after_s": None, "ends_in": None}

    return {
        "system_id": number,
        "level": "blocking",
        "lines": [
            line("battery", "blocking", "battery 9 %"),
            line("link_loss_action", "warning", "NAV_DLL_ACT is 0"),
            *(line(f"fine-{n}", "ok", f"fact {n} is as it should be") for n in range(9)),
        ],
        "on_link_loss": will("If the link is lost it does nothing and flies its mission to t."),
        "on_low_battery": will("At 15 % it warns; at 7 %: it hovers for 5 s, then it flies home."),
        "on_fence_breach": will("If it leaves the fence: it stops and hovers where it is."),
        "parameters_unread": [],
    }
