"""DJI's subtitles in every dialect at hand, and the one that is cut short."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from missions.errors import BadInput
from missions.heights import HeightAboveHome, HeightAmsl
from onboard.geolocate.rotation import matrix_from_quaternion
from onboard.telemetry.dji_srt import read_dji_srt
from onboard.telemetry.files import read_flight

MAVIC_3 = """1
00:00:00,000 --> 00:00:00,033
<font size="28">FrameCnt: 1, DiffTime: 33ms
2023-05-01 10:00:00.000
[iso: 100] [shutter: 1/500.0] [fnum: 2.8] [focal_len: 24.00] [dzoom_ratio: {zoom}] \
[latitude: 44.850000] [longitude: 65.510000] [rel_alt: 100.000 abs_alt: 229.500] \
[gb_yaw: 350.0 gb_pitch: -45.0 gb_roll: 0.0] </font>

2
00:00:01,000 --> 00:00:01,033
<font size="28">FrameCnt: 2, DiffTime: 33ms
2023-05-01 10:00:01.000
[latitude: 44.850200] [longitude: 65.510000] [rel_alt: 102.000 abs_alt: 231.500] \
[gb_yaw: 10.0 gb_pitch: -45.0 gb_roll: 0.0] </font>
"""


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "entries", "latitude", "longitude", "height"),
    [
        ("air2s.srt", 17, 41.424724, 2.234156, HeightAmsl(117.0)),
        ("matrice_300.srt", 381, 36.6146, -6.1120, HeightAboveHome(0.3)),
        ("mavic_2_style.SRT", 468, -20.2533, 149.0251, None),
        ("mavic_mini.SRT", 117, 48.0771, -121.7458, HeightAboveHome(200.7)),
        ("mavic_pro.SRT", 468, -20.2533, 149.0251, HeightAboveHome(1.9)),
        ("p4_rtk.SRT", 55, -34.237922, -58.851745, HeightAboveHome(85.8)),
    ],
)
def test_every_dialect_is_read(
    shared_data: Path,
    name: str,
    entries: int,
    latitude: float,
    longitude: float,
    height: object,
) -> None:
    log = read_flight(shared_data / "telemetry" / name)
    first = log.poses[0]
    assert len(log.poses) == entries
    assert first.position.latitude_deg == pytest.approx(latitude)
    assert first.position.longitude_deg == pytest.approx(longitude)
    assert first.height == height


@pytest.mark.shared_data
def test_the_gimbal_of_a_phantom_rtk_is_as_scipy_turns_it(shared_data: Path) -> None:
    first = read_dji_srt(shared_data / "telemetry" / "p4_rtk.SRT").poses[0]
    assert first.q_ned_from_gimbal is not None
    expected = Rotation.from_euler("ZYX", [110.4, -24.4, 0.0], degrees=True).as_matrix()
    np.testing.assert_allclose(matrix_from_quaternion(first.q_ned_from_gimbal), expected, atol=1e-9)


@pytest.mark.shared_data
def test_a_file_cut_short_is_refused_with_its_line(shared_data: Path) -> None:
    with pytest.raises(BadInput, match=r"broken_incomplete\.SRT:115: entry 20 is incomplete"):
        read_dji_srt(shared_data / "telemetry" / "broken_incomplete.SRT")


def test_between_two_entries_place_height_and_gimbal_go_the_short_way(tmp_path: Path) -> None:
    file = tmp_path / "m3.srt"
    file.write_text(MAVIC_3.format(zoom="1.00"), encoding="utf-8")
    pose = read_dji_srt(file).at(0.5)
    assert pose is not None
    assert pose.position.latitude_deg == pytest.approx(44.8501)
    assert pose.height == HeightAboveHome(101.0)
    assert pose.q_ned_from_gimbal is not None
    expected = Rotation.from_euler("ZYX", [0.0, -45.0, 0.0], degrees=True).as_matrix()
    # The short way from 350 to 10 degrees goes through north, a little off a tilted camera's level.
    ahead = matrix_from_quaternion(pose.q_ned_from_gimbal)[:, 0]
    assert math.degrees(math.acos(ahead @ expected[:, 0])) < 1.0


@pytest.mark.parametrize(("written", "zoom"), [("1.00", 1.0), ("20000", 2.0), ("4.00", 4.0)])
def test_digital_zoom_is_told_in_two_ways(tmp_path: Path, written: str, zoom: float) -> None:
    file = tmp_path / "m3.srt"
    file.write_text(MAVIC_3.format(zoom=written), encoding="utf-8")
    assert read_dji_srt(file).poses[0].zoom == pytest.approx(zoom)


def test_there_is_no_pose_before_long_after_or_in_a_gap(tmp_path: Path) -> None:
    file = tmp_path / "m3.srt"
    file.write_text(MAVIC_3.format(zoom="1.00").replace("00:00:01,0", "00:00:09,0"), "utf-8")
    log = read_dji_srt(file)
    assert [log.at(t_s) for t_s in (-0.5, 4.0, 30.0)] == [None, None, None]


@given(cut=st.integers(0, len(MAVIC_3)))
def test_a_file_cut_anywhere_is_read_or_refused(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("cut") / "m3.srt"
    file.write_text(MAVIC_3.format(zoom="1.00")[:cut], encoding="utf-8")
    outcomes = []
    try:
        outcomes.append(len(read_dji_srt(file).poses))
    except BadInput as refused:
        outcomes.append(str(refused).startswith(str(file)))
    assert outcomes in ([1], [2], [True])
