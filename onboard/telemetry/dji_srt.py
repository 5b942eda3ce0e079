"""DJI's subtitles (.SRT): a flight's telemetry beside its video, in all the dialects at hand.

- *brackets* (Mavic 2 and 3, Air 2S, Mini 3): `[latitude: ]` and `[longitude: ]`, also spelt
  `longtitude`; `rel_alt` above home, else `abs_alt` or `altitude` above sea level; the gimbal in
  `gb_yaw`, `gb_pitch`, `gb_roll`; `dzoom_ratio`.
- *comma line* (Mavic Mini, Mavic Air, Phantom 4 RTK): `GPS (lon, lat, satellites)`, `H` above home,
  the gimbal in `G.PRY (pitch, roll, yaw)`.
- *home line* (Mavic Pro, Phantom): `HOME(lon,lat)`, `GPS(lon,lat,satellites)`, `BAROMETER` above
  home, no gimbal.
- *matrice* (Matrice 300): `GPS(lat,lon,heightM)`, known by its M; `BAROMETER` above home, no
  gimbal.

Angles are degrees in the file, the gimbal's against the earth. Entries without a position (no fix
yet: 0, 0 or n/a) are left out and counted. Source: files of github.com/JuanIrache/DJI_SRT_Parser;
`rel_alt`, `gb_*` and both ways of `dzoom_ratio`: as several public programs quote them.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from onboard.geolocate.rotation import Quaternion, quaternion_from_euler
from onboard.telemetry.flight_log import FlightLog, Height, LoggedPose, check_order

NUMBER = r"[-+]?\d+(?:\.\d+)?"
CUE = re.compile(r"^(\d+):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*\d+:\d\d:\d\d[,.]\d{1,3}")
DATE = re.compile(r"(\d{4})[-.](\d\d)[-.](\d\d)[ T](\d{1,2}):(\d\d):(\d\d)(?:[,.](\d{1,3}))?")
FIELD = re.compile(rf"\b(\w+)\s*:\s*({NUMBER})(?:/{NUMBER})?")
GPS = re.compile(
    rf"(?<!\w)GPS\s*\(\s*({NUMBER})\s*,\s*({NUMBER})\s*(?:,\s*({NUMBER})\s*(M?)\s*)?\)", re.I
)
HOME_HEIGHT = re.compile(rf"(?<![\w.])H\s+({NUMBER})\s*m\b")
BAROMETER = re.compile(rf"BAROMETER\s*:\s*({NUMBER})", re.I)
HOME = re.compile(rf"HOME\s*\(\s*({NUMBER})\s*,\s*({NUMBER})", re.I)
GIMBAL = re.compile(rf"G\.PRY\s*\(\s*({NUMBER})[^,]*,\s*({NUMBER})[^,]*,\s*({NUMBER})", re.I)
DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    number: int
    start_s: float | None
    text: str


def read_dji_srt(path: Path) -> FlightLog:
    """The flight of a .SRT file.

    Raises:
        BadInput: the file cannot be read, or an entry is not whole; file and line are named.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise place_of(error, str(path)) from error
    entries = list(_entries(text, str(path)))
    if not entries:
        raise BadInput(where=str(path), what="no subtitle entry in it")
    first_utc = _captured_at(entries[0], str(path))
    told = [(each, _pose(each, first_utc, str(path))) for each in entries]
    kept = [(entry, pose) for entry, pose in told if pose is not None]
    if not kept:
        raise BadInput(where=str(path), what="no entry has a position")
    check_order([pose for _, pose in kept], [entry.line for entry, _ in kept], str(path))
    left_out = len(told) - len(kept)
    return FlightLog(
        name=path.name,
        dialect=_dialect(kept[0][0].text),
        poses=tuple(pose for _, pose in kept),
        position_step_m=_step_m(kept[0][0].text),
        home=_home(kept[0][0].text),
        notes=(f"{left_out} entries without a position",) if left_out else (),
    )


def _entries(text: str, file: str) -> Iterator[_Entry]:
    """Blocks between blank lines: a number, perhaps a time, and text."""
    block: list[tuple[int, str]] = []
    lines = text.splitlines()
    for at, raw in enumerate([*lines, ""], start=1):
        line = re.sub(r"<[^>]*>", " ", raw).strip()
        if line:
            block.append((at, line))
        elif block:
            yield _entry(block, file)
            block = []


def _entry(block: list[tuple[int, str]], file: str) -> _Entry:
    at, first = block[0]
    if not first.isdigit():
        raise BadInput(
            where=f"{file}:{at}", what=f"an entry's number should stand here: {first!r:.40}"
        )
    rest = block[1:]
    cue = CUE.match(rest[0][1]) if rest else None
    start_s = None
    if cue is not None:
        hours, minutes, seconds, part = cue.groups()
        start_s = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(part) / 10 ** len(part)
        rest = rest[1:]
    elif rest and "-->" in rest[0][1]:
        raise BadInput(where=f"{file}:{rest[0][0]}", what="not a subtitle's time")
    return _Entry(at, int(first), start_s, "\n".join(line for _, line in rest))


def _pose(entry: _Entry, first_utc: datetime | None, file: str) -> LoggedPose | None:
    where = f"{file}:{entry.line}"
    place = _place(entry.text, where, entry.number)
    if place is None:
        return None
    fields = _fields(entry.text)
    captured_at = _captured_at(entry, file)
    t_s = entry.start_s
    if t_s is None:
        if captured_at is None or first_utc is None:
            raise BadInput(where=where, what=f"entry {entry.number} has no time")
        t_s = (captured_at - first_utc).total_seconds()
    return LoggedPose(
        t_s=t_s,
        entry=entry.number,
        position=place,
        height=_height(entry.text, fields),
        q_ned_from_gimbal=_gimbal(entry.text, fields),
        captured_at=captured_at,
        zoom=_zoom(fields),
    )


def _fields(text: str) -> dict[str, float]:
    return {name.lower(): float(value) for name, value in FIELD.findall(text)}


def _place(text: str, where: str, number: int) -> GeoPoint | None:
    fields = _fields(text)
    longitude = fields.get("longitude", fields.get("longtitude"))
    latitude = fields.get("latitude")
    if latitude is None or longitude is None:
        gps = GPS.search(text)
        if gps is None:
            if re.search(r"\bGPS\s*\(?\s*n/?a|HOME\(n/?a|GPS\(\s*,", text, re.I):
                return None
            raise BadInput(where=where, what=f"entry {number} is incomplete: no position in it")
        one, other = float(gps[1]), float(gps[2])
        latitude, longitude = (one, other) if gps[4] else (other, one)
    if latitude == 0.0 and longitude == 0.0:
        return None
    try:
        return GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    except ValueError as error:
        raise BadInput(where=where, what=f"entry {number}: {error}") from error


def _height(text: str, fields: dict[str, float]) -> Height | None:
    home, barometer = HOME_HEIGHT.search(text), BAROMETER.search(text)
    if "rel_alt" in fields:
        return HeightAboveHome(fields["rel_alt"])
    if home is not None:
        return HeightAboveHome(float(home[1]))
    if barometer is not None:
        return HeightAboveHome(float(barometer[1]))
    amsl = fields.get("abs_alt", fields.get("altitude"))
    return None if amsl is None else HeightAmsl(amsl)


def _gimbal(text: str, fields: dict[str, float]) -> Quaternion | None:
    pry = GIMBAL.search(text)
    if pry is not None:
        pitch, roll, yaw = (float(pry[i]) for i in (1, 2, 3))
    elif {"gb_yaw", "gb_pitch"} <= fields.keys():
        pitch, roll, yaw = fields["gb_pitch"], fields.get("gb_roll", 0.0), fields["gb_yaw"]
    else:
        return None
    return quaternion_from_euler(
        roll_rad=math.radians(roll), pitch_rad=math.radians(pitch), yaw_rad=math.radians(yaw)
    )


def _zoom(fields: dict[str, float]) -> float:
    """Some firmware writes the ratio itself, some ten thousand times it."""
    told = fields.get("dzoom_ratio", 1.0)
    return told / 10_000.0 if told >= 1000.0 else max(told, 1.0)


def _home(text: str) -> GeoPoint | None:
    home = HOME.search(text)
    if home is None:
        return None
    try:
        return GeoPoint(latitude_deg=float(home[2]), longitude_deg=float(home[1]))
    except ValueError:
        # No more than a help to know the ground below take-off: the flight is whole without it.
        return None


def _captured_at(entry: _Entry, file: str) -> datetime | None:
    """The aircraft's wall clock; the file does not say its zone."""
    date = DATE.search(entry.text)
    if date is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in date.groups()[:6])
    micro = int((date[7] or "0").ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, micro)
    except ValueError as error:
        raise BadInput(where=f"{file}:{entry.line}", what=str(error)) from error


def _dialect(text: str) -> str:
    if "latitude" in _fields(text):
        return "brackets"
    if "HOME(" in text:
        return "home line"
    gps = GPS.search(text)
    return "matrice" if gps is not None and gps[4] else "comma line"


def _step_m(text: str) -> float:
    """How far apart two positions are that the file can tell: by its decimals."""
    gps = GPS.search(text)
    written = gps[1] if gps is not None else None
    if written is None:
        found = re.search(rf"\blatitude\s*:\s*({NUMBER})", text)
        written = found[1] if found is not None else "0.000000"
    return float(DEGREE_M * 10.0 ** -len(written.partition(".")[2]))
