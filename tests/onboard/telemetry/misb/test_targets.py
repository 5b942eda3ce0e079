"""Targets of ST 0903 against jmisb: its bytes read here, and ours read by it."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.telemetry.misb.datalink import read_packet
from onboard.telemetry.misb.imapb import imapb
from onboard.telemetry.misb.klv import KlvFault, set_bytes
from onboard.telemetry.misb.targets import (
    Target,
    TargetFrame,
    read_targets,
    targets_bytes,
    targets_of,
    track_uuid,
)

CENTRE = (44.8507763, 65.5106515)


def test_jmisb_reads_our_targets_as_they_were_written(
    readings: dict[str, Any], sample: Any
) -> None:
    by_jmisb = readings["sample"]["targets_by_jmisb"]
    for read, target in zip(by_jmisb, sample.seen.targets, strict=True):
        assert read["number"] == target.number
        assert read["latitude_deg"] == pytest.approx(target.latitude_deg, abs=2e-7)
        assert read["longitude_deg"] == pytest.approx(target.longitude_deg, abs=4e-7)
        assert (read["sigma_east_m"], read["sigma_north_m"]) == target.sigmas_m[:2]
        assert read["rho_east_north"] == pytest.approx(target.rho_east_north, abs=1e-4)
        assert (int(read["column"]), int(read["row"])) == (target.pixel[0] + 1, target.pixel[1] + 1)
        assert int(read["centroid"]) == target.pixel[0] + 1 + 1920 * target.pixel[1]
        assert read["confidence"] == f"{target.confidence:.0%}"
        assert read["velocity"] == pytest.approx(target.velocity_m_s[:2], abs=0.07)
        assert read["track"].replace("-", "").lower() == target.track.hex


def test_place_of_jmisbs_vector_is_read(readings: dict[str, Any]) -> None:
    location = bytes.fromhex(readings["st0903"]["location"]["hex"])
    pack = b"\x01" + set_bytes(((17, location), (19, b"\x01"), (20, b"\x01")))
    data = set_bytes(((4, b"\x05"), (8, b"\x07\x80"), (101, bytes([len(pack)]) + pack)))
    (target,) = read_targets(data).targets
    # The values that jmisb's own test expects of these bytes.
    assert target.latitude_deg == pytest.approx(-10.5423886331461, abs=1e-4)
    assert target.longitude_deg == pytest.approx(29.157890122923, abs=1e-4)
    assert target.height_above_ellipsoid_m == pytest.approx(3216.0, abs=0.2)
    assert target.sigmas_m == pytest.approx((0.1, 3.0, 649.9), abs=0.04)


def test_series_of_jmisbs_vector_is_read(readings: dict[str, Any]) -> None:
    series = bytes.fromhex(readings["st0903"]["series"])
    first, second = read_targets(set_bytes(((8, b"\x07\x80"), (101, series)))).targets
    assert (first.number, second.number) == (1, 2)
    assert second.height_above_ellipsoid_m == pytest.approx(10_000.0, abs=1.0)
    assert second.pixel == (1136, 871)


def test_targets_come_back_from_a_packet(sample: Any) -> None:
    read = targets_of(read_packet(sample.packet))
    assert (read.width_px, read.height_px) == (1920, 1080)
    for back, target in zip(read.targets, sample.seen.targets, strict=True):
        assert (back.number, back.pixel, back.box) == (target.number, target.pixel, target.box)
        assert (back.object_class, back.track) == (target.object_class, target.track)
        assert back.latitude_deg == pytest.approx(target.latitude_deg, abs=2e-7)


def test_place_is_found_from_the_frames_centre_where_it_is_told_so() -> None:
    offsets = ((10, imapb(0.001, -19.2, 19.2, 3)), (11, imapb(-0.002, -19.2, 19.2, 3)))
    pack = b"\x05" + set_bytes(((1, b"\x01"), *offsets))
    data = set_bytes(((8, b"\x07\x80"), (101, bytes([len(pack)]) + pack)))
    (target,) = read_targets(data, CENTRE).targets
    assert target.latitude_deg == pytest.approx(CENTRE[0] + 0.001, abs=1e-5)
    assert target.longitude_deg == pytest.approx(CENTRE[1] - 0.002, abs=1e-5)
    assert read_targets(data).targets[0].latitude_deg is None


def test_older_versions_have_other_numbers_and_are_refused() -> None:
    with pytest.raises(KlvFault, match=r"0903\.3"):
        read_targets(set_bytes(((4, b"\x03"), (8, b"\x07\x80"))))


def test_one_name_is_always_the_same_track() -> None:
    assert track_uuid("car 7") == track_uuid("car 7") != track_uuid("car 8")


@given(
    st.integers(0, 1 << 40),
    st.integers(0, 7679),
    st.integers(0, 4319),
    st.floats(-89.0, 89.0),
    st.floats(-179.9, 179.9),
    st.floats(0.1, 500.0),
)
def test_any_target_comes_back(
    number: int, column: int, row: int, latitude: float, longitude: float, sigma: float
) -> None:
    target = Target(
        number=number,
        pixel=(column, row),
        latitude_deg=latitude,
        longitude_deg=longitude,
        sigmas_m=(sigma, sigma, math.nan),
    )
    frame = TargetFrame(width_px=7680, height_px=4320, targets=[target])
    (back,) = read_targets(targets_bytes(frame)).targets
    assert (back.number, back.pixel) == (number, (column, row))
    assert back.latitude_deg == pytest.approx(latitude, abs=2e-7)
    assert back.longitude_deg == pytest.approx(longitude, abs=4e-7)
    assert back.sigmas_m is not None
    assert back.sigmas_m[0] == pytest.approx(sigma, abs=0.04)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damaged_targets_are_a_fault_and_no_crash(sample: Any, noise: bytes, at: int) -> None:
    whole = targets_bytes(sample.seen)
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    try:
        read = read_targets(damaged, CENTRE)
    except KlvFault:
        return
    assert read.width_px > 0
