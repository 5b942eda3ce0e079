"""`qyran geolocate` on a flight filmed by scipy's turns and pyproj's places."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pyproj
import pytest
from scipy.spatial.transform import Rotation

import qyran

LOCAL = "+proj=topocentric +ellps=WGS84 +lat_0=44.85 +lon_0=65.51 +h_0=0"
GEODETIC = pyproj.Transformer.from_pipeline(
    f"+proj=pipeline +step +inv {LOCAL} +step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
FOCAL_PX = 960.0 / math.tan(math.radians(35.0))
LANDMARKS = [(-25.0, 20.0), (30.0, 35.0), (22.0, -30.0), (-28.0, -22.0)]
YAW, PITCH, ROLL, FOCAL, OFF_M = 0.04, -0.016, 0.01, 0.012, np.array([1.2, -1.7, 1.1])


def pixel(en_m: tuple[float, float], heading_rad: float) -> tuple[float, float]:
    here = np.array([-100.0 * math.sin(heading_rad), -100.0 * math.cos(heading_rad), 100.0])
    east, north, up = np.array([*en_m, 0.0]) - here - OFF_M
    turned = Rotation.from_euler("ZYX", [heading_rad + YAW, PITCH - math.pi / 4.0, ROLL])
    ahead, right, down = turned.inv().apply([north, east, -up])
    focal_px = FOCAL_PX * (1.0 + FOCAL)
    return 959.5 + focal_px * right / ahead, 539.5 + focal_px * down / ahead


def place(en_m: tuple[float, float]) -> tuple[float, float]:
    longitude, latitude, _ = GEODETIC.transform(*en_m, 0.0)
    return latitude, longitude


def car(t_s: float) -> tuple[float, float]:
    return -30.0 + 10.8 * t_s * 0.9, -20.0 + 5.4 * t_s


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    rng = np.random.default_rng(8)
    poses = ["t_s,latitude_deg,longitude_deg,height_above_home_m,gimbal_pitch_deg,gimbal_yaw_deg"]
    pixels = ["t_s,u_px,v_px,id"]
    landmarks = ["t_s,u_px,v_px,name,latitude_deg,longitude_deg"]
    for k in range(20):
        t_s, heading = 0.25 * k, 0.3 + 0.05 * k
        latitude, longitude = place((-100.0 * math.sin(heading), -100.0 * math.cos(heading)))
        poses.append(f"{t_s},{latitude!r},{longitude!r},100,-45,{math.degrees(heading)}")
        u, v = np.array(pixel(car(t_s), heading)) + rng.normal(0.0, 1.0, 2)
        pixels.append(f"{t_s},{u},{v},car")
        for i, known in enumerate(LANDMARKS):
            u, v = np.array(pixel(known, heading)) + rng.normal(0.0, 1.0, 2)
            latitude, longitude = place(known)
            landmarks.append(f"{t_s},{u},{v},L{i},{latitude!r},{longitude!r}")
    pixels.append("1.0,959,-4000,")
    pixels.append("99.0,959,539,")
    for name, lines in (("poses", poses), ("pixels", pixels), ("landmarks", landmarks)):
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    camera = "width_px = 1920\nheight_px = 1080\nhorizontal_field_of_view_deg = 70.0\n"
    (tmp_path / "camera.toml").write_text(camera, encoding="utf-8")
    return tmp_path


def geolocate(folder: Path, *more: str, out: str = "out.json") -> int:
    files = {"--telemetry": "poses.csv", "--camera": "camera.toml", "--pixels": "pixels.csv"}
    told = [part for name, file in files.items() for part in (name, str(folder / file))]
    return qyran.main(["geolocate", *told, "--out", str(folder / out), *more])


def errors_m(folder: Path) -> tuple[np.ndarray, list[dict[str, float]]]:
    rows = [
        row
        for row in json.loads((folder / "out.json").read_text("utf-8"))["places"]
        if row["id"] == "car"
    ]
    geod = pyproj.Geod(ellps="WGS84")
    off = []
    for row in rows:
        latitude, longitude = place(car(row["t_s"]))
        off.append(geod.inv(longitude, latitude, row["longitude_deg"], row["latitude_deg"])[2])
    return np.array(off), rows


def test_four_landmarks_bring_metres_down_to_a_quarter(flight: Path) -> None:
    assert geolocate(flight) == 0
    before, _ = errors_m(flight)
    assert geolocate(flight, "--landmarks", str(flight / "landmarks.csv")) == 0
    after, rows = errors_m(flight)
    assert np.median(before) > 3.0
    assert np.median(after) <= 0.25
    speed = math.hypot(10.8 * 0.9, 5.4)
    off = [abs(row["speed_m_s"] - speed) for row in rows]
    assert 3.6 * np.median(off) <= 1.5


def test_an_uncalibrated_speed_is_as_unsure_as_its_scale(flight: Path) -> None:
    """The focal length and the height are off: speeds scale with them, and their sigma says so."""
    geolocate(flight)
    _, rows = errors_m(flight)
    speed = math.hypot(10.8 * 0.9, 5.4)
    assert all(abs(row["speed_m_s"] - speed) < 3.0 * row["speed_sigma_m_s"] for row in rows)
    unsure = np.median([row["speed_sigma_m_s"] for row in rows])
    geolocate(flight, "--landmarks", str(flight / "landmarks.csv"))
    _, rows = errors_m(flight)
    assert np.median([row["speed_sigma_m_s"] for row in rows]) < unsure


def test_calibration_tells_what_was_wrong(flight: Path) -> None:
    geolocate(flight, "--landmarks", str(flight / "landmarks.csv"))
    told = json.loads((flight / "out.json").read_text("utf-8"))["calibration"]
    # What drifts by the budget leaves a constant error less sure than so many sightings would.
    for name, true, most in (("yaw_rad", YAW, 0.008), ("east_m", float(OFF_M[0]), 0.6)):
        found = told["errors"][name]
        assert abs(found["value"] - true) < 2.5 * found["sigma"]
        assert found["sigma"] < most
    assert told["sightings"] == 80
    assert told["sightings_disagreeing"] == 0


def test_what_cannot_be_placed_says_why_in_every_format(flight: Path) -> None:
    geolocate(flight)
    rows = json.loads((flight / "out.json").read_text("utf-8"))["places"]
    assert [row["outcome"] for row in rows[-2:]] == ["above_horizon", "no_pose"]
    geolocate(flight, out="out.geojson")
    whole = json.loads((flight / "out.geojson").read_text("utf-8"))
    assert [each["geometry"] for each in whole["features"][-2:]] == [None, None]
    geolocate(flight, out="out.csv")
    lines = (flight / "out.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + len(rows)


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("pixels.csv", "2.0,abc,5,", r"pixels\.csv:24: u_px: not a number"),
        ("pixels.csv", ",3,5,", r"pixels\.csv:24: neither t_s nor entry"),
        ("landmarks.csv", "1.0,3,5,,,", r"landmarks\.csv:82: neither a name nor a place"),
        ("landmarks.csv", "1.0,3,5,L0,44.0,65.0", r"landmarks\.csv:82: L0 had another place"),
        ("poses.csv", "0.1,44.85,65.51,100,-45,0", r"poses\.csv:22: its time is before"),
    ],
)
def test_a_bad_line_is_refused_by_number(
    flight: Path, capsys: pytest.CaptureFixture[str], file: str, line: str, said: str
) -> None:
    with (flight / file).open("a", encoding="utf-8") as opened:
        opened.write(line + "\n")
    assert geolocate(flight, "--landmarks", str(flight / "landmarks.csv")) == 2
    refused = capsys.readouterr().err
    assert len(refused.splitlines()) == 1
    assert re.search(said, refused)
    assert not (flight / "out.json").exists()


@pytest.mark.shared_data
def test_a_log_without_gimbal_or_height_asks_for_them(
    flight: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = str(shared_data / "telemetry" / "mavic_2_style.SRT")
    (flight / "one.csv").write_text("entry,u_px,v_px\n3,480,270\n", encoding="utf-8")
    asked = ["--telemetry", log, "--pixels", str(flight / "one.csv"), "--camera", "qyran-sim"]
    out = ["--out", str(flight / "one.json")]
    assert qyran.main(["geolocate", *asked, *out]) == 2
    assert "--gimbal-pitch-deg" in capsys.readouterr().err
    view = ["--gimbal-pitch-deg", "-90", "--heading-deg", "0", "--height-above-ground-m", "50"]
    assert qyran.main(["geolocate", *asked, *out, *view]) == 0
    row = json.loads((flight / "one.json").read_text("utf-8"))["places"][0]
    assert row["latitude_deg"] == pytest.approx(-20.2533, abs=2e-5)
