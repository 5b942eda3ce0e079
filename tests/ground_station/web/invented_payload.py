"""What hangs on the invented drones, and the links to them."""

from collections.abc import Mapping

from invented_district import Json


def payload() -> Json:
    """Gimbal, camera, light and loudspeaker of a drone that has just begun."""
    return {
        "gimbal": True,
        "gimbal_pitch_rad": -0.52,
        "gimbal_held_by_us": False,
        "camera": True,
        "recording": False,
        "taking_series": False,
        "pictures": 12,
        "zoom_share": 0.25,
        "free_mib": 54_000.0,
        "light": True,
        "light_on": False,
        "light_brightness": 1.0,
        "loudspeaker": True,
        "speaking": "",
    }


def payload_after(now: Json, wish: Json) -> Json:
    """A payload that did as it was told."""
    match wish["command"]:
        case "light":
            brightness = wish.get("brightness", now["light_brightness"])
            return {**now, "light_on": wish["on"], "light_brightness": brightness}
        case "video_start" | "video_stop":
            return {**now, "recording": wish["command"] == "video_start"}
        case "photo_interval" | "photo_stop":
            return {**now, "taking_series": wish["command"] == "photo_interval"}
        case "photo":
            return {**now, "pictures": now["pictures"] + 1}
        case "zoom":
            return {**now, "zoom_share": wish["share"]}
        case "gimbal_aim":
            return {**now, "gimbal_pitch_rad": wish["pitch_rad"], "gimbal_held_by_us": True}
        case "say":
            return {**now, "speaking": wish["text"]}
        case "silence":
            return {**now, "speaking": ""}
        case _:
            return now


KEYS = {1: "common", 3: "own", 4: "none"}


def links(own: Mapping[int, str]) -> Json:
    """One link that is well, one that was lost; a drone whose frames get lost on the way."""
    keys = {
        number: {"key": key, "signed": key != "none"} for number, key in {**KEYS, **own}.items()
    }
    return {
        "links": [
            {
                "address": "udpin:0.0.0.0:14550",
                "state": "open",
                "for_s": 4210.0,
                "why": "",
                "peers": ["10.0.0.2:14580"],
                "counters": {"received": 91_000, "bad_crc": 3, "unknown": 0},
            },
            {
                "address": "serial:/dev/ttyUSB0:57600",
                "state": "lost",
                "for_s": 12.0,
                "why": "no such device",
                "peers": [],
                "counters": {},
            },
        ],
        "vehicles": [
            {"system_id": 1, "peer": "10.0.0.2:14580", "loss": 0.004, **keys[1]},
            {"system_id": 3, "peer": "10.0.0.4:14580", "loss": 0.23, **keys[3]},
            {"system_id": 4, "peer": "10.0.0.5:14580", "loss": 0.0, **keys[4]},
        ],
        "stations": [{"system_id": 255, "component_id": 190, "shares_our_id": True}],
        "signing": True,
        "recording": {"state": "failing", "why": "the disk is full"},
    }
