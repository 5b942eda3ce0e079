"""`qyran geolocate --misb` and back: what a viewer would read is what was flown and placed."""

import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest
from scipy.spatial.transform import Rotation

import qyran
from onboard.telemetry.files import read_flight

GEOD = pyproj.Geod(ellps="WGS84")
VIDEO = Path(__file__).parents[1] / "telemetry" / "misb" / "recorded" / "flight.mp4"


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    """Two seconds of a banked turn, the camera on a gimbal below a told airframe."""
    head = (
        "t_s,latitude_deg,longitude_deg,height_above_home_m,gimbal_pitch_deg,gimbal_yaw_deg,"
        "gimbal_roll_deg,body_pitch_deg,body_yaw_deg,body_roll_deg"
    )
    rows = [
        f"{0.1 * k:.1f},{44.85 + k * 1e-6!r},65.51,100,-48,{-12 + k},3,-4,{170 + 2 * k},14"
        for k in range(21)
    ]
    (tmp_path / "poses.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    pixels = [f"{0.1 * k:.1f},{40 + k},{20 + k},car 7,car,0.9" for k in range(20)]
    pixels.append("1.0,48,-9000,,,")
    text = "\n".join(["t_s,u_px,v_px,id,class,confidence", *pixels]) + "\n"
    (tmp_path / "pixels.csv").write_text(text, encoding="utf-8")
    camera = "width_px = 96\nheight_px = 64\nhorizontal_field_of_view_deg = 62.0\n"
    (tmp_path / "camera.toml").write_text(camera, encoding="utf-8")
    return tmp_path


def geolocate(folder: Path, *more: str, telemetry: str = "poses.csv") -> int:
    told = ["--telemetry", str(folder / telemetry), "--camera", str(folder / "camera.toml")]
    told += ["--pixels", str(folder / "pixels.csv"), "--ground-height-amsl-m", "0"]
    return qyran.main(["geolocate", *told, *more])


def imagery(folder: Path, name: str, *more: str) -> int:
    start = ["--start-utc", "2026-11-23T10:00:00Z"]
    return geolocate(folder, "--misb", str(folder / name), *start, *more)


def places(folder: Path, name: str) -> list[tuple[float, float]]:
    rows = json.loads((folder / name).read_text("utf-8"))["places"]
    return [(row["latitude_deg"], row["longitude_deg"]) for row in rows if row["outcome"] == "hit"]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("flight.klv", ()),
        ("flight.ts", ()),
        ("flight.ts", ("--video", str(VIDEO))),
        ("flight.ts", ("--video", str(VIDEO), "--asynchronous")),
    ],
)
def test_places_are_the_same_from_the_metadata_as_from_the_flight(
    flight: Path, name: str, more: tuple[str, ...]
) -> None:
    assert imagery(flight, name, *more, "--out", str(flight / "before.json")) == 0
    assert geolocate(flight, "--out", str(flight / "after.json"), telemetry=name) == 0
    before, after = places(flight, "before.json"), places(flight, "after.json")
    assert len(before) >= 20
    apart = [GEOD.inv(a[1], a[0], b[1], b[0])[2] for a, b in zip(before, after, strict=False)]
    # Heights are told to 0.3 m; metadata without times lies up to a picture off: 3 degrees here.
    assert max(apart) < (7.5 if "--asynchronous" in more else 0.4)


def test_attitude_is_the_airframes_and_then_the_sensors(flight: Path) -> None:
    assert imagery(flight, "flight.klv") == 0
    pose = read_flight(flight / "flight.klv").at(1.0)
    assert pose is not None
    assert pose.q_ned_from_body is not None
    body = Rotation.from_euler("ZYX", [190.0, -4.0, 14.0], degrees=True)
    camera = body * Rotation.from_euler("ZYX", [-2.0, -48.0, 3.0], degrees=True)
    for told, flown in ((pose.q_ned_from_body, body), (pose.q_ned_from_gimbal, camera)):
        w, x, y, z = told
        assert math.degrees((Rotation.from_quat([x, y, z, w]).inv() * flown).magnitude()) < 0.01


def test_dump_tells_the_targets_with_class_place_and_errors(
    flight: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imagery(flight, "flight.ts", "--out", str(flight / "before.json")) == 0
    capsys.readouterr()
    assert qyran.main(["misb", str(flight / "flight.ts")]) == 0
    printed = capsys.readouterr()
    packets = [json.loads(line) for line in printed.out.splitlines()]
    assert "21 packets of ST 0601" in printed.err
    assert {packet["security"] for packet in packets} == {"unclassified"}
    row = json.loads((flight / "before.json").read_text("utf-8"))["places"][5]
    (target,) = packets[5]["vmti"]["targets"]
    assert (target["object_class"], target["confidence"], target["pixel"]) == ("car", 0.9, [45, 25])
    apart = GEOD.inv(
        row["longitude_deg"], row["latitude_deg"], target["longitude_deg"], target["latitude_deg"]
    )[2]
    assert apart < 0.1
    sigmas = np.sqrt([row["variance_east_m2"], row["variance_north_m2"]])
    assert target["sigmas_m"][:2] == pytest.approx(sigmas.tolist(), abs=0.05)


def test_frame_centre_and_corners_lie_on_the_ground_where_the_rays_meet_it(
    flight: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imagery(flight, "flight.klv") == 0
    capsys.readouterr()
    qyran.main(["misb", str(flight / "flight.klv")])
    packet = json.loads(capsys.readouterr().out.splitlines()[10])
    camera = Rotation.from_euler("ZYX", [190.0, -4.0, 14.0], degrees=True) * Rotation.from_euler(
        "ZYX", [-2.0, -48.0, 3.0], degrees=True
    )
    focal = 48.0 / math.tan(math.radians(31.0))
    wanted = {"frame_centre": (0.0, 0.0), "corner_1": (-47.5, -31.5), "corner_3": (47.5, 31.5)}
    for name, (across, down) in wanted.items():
        north, east, below = camera.apply([focal, across, down])
        azimuth = math.degrees(math.atan2(east, north))
        reach = 100.0 * math.hypot(north, east) / below
        longitude, latitude, _ = GEOD.fwd(65.51, 44.85001, azimuth, reach)
        told = packet[f"{name}_longitude_deg"], packet[f"{name}_latitude_deg"]
        assert GEOD.inv(longitude, latitude, *told)[2] < 0.2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--misb", "x.mp4"), "should end in .ts, .klv"),
        (("--misb", "x.klv", "--video", "v.mp4"), "bare KLV holds no video"),
        (("--misb", "x.ts"), "give --start-utc"),
        (("--misb", "x.ts", "--start-utc", "noon"), "not a time such as"),
        (("--misb", "x.ts", "--country", "KZ"), "not three ISO 3166 letters"),
        (("--video", "v.mp4", "--out", "x.json"), "which is not given"),
        ((), "nothing to write"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(
    flight: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    assert geolocate(flight, *more) == 2
    assert said in capsys.readouterr().err
    assert not list(flight.glob("*.part"))


def test_video_of_another_coding_is_refused(
    flight: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (flight / "noise.mp4").write_bytes(bytes(range(256)) * 20)
    assert imagery(flight, "flight.ts", "--video", str(flight / "noise.mp4")) == 2
    assert "noise.mp4" in capsys.readouterr().err
