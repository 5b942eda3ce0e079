"""IMAPB against the vectors of jmisb, which follow ST 1201 and its annex."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboard.telemetry.misb.imapb import from_imapb, imapb


def number(told: float | str) -> float:
    """As the vectors write it."""
    return float(str(told).replace("Infinity", "inf").replace("QNaN", "nan"))


def test_published_vectors_are_mapped_and_read_back(readings: dict[str, Any]) -> None:
    assert len(readings["st1201"]) > 250
    for low, high, length, told, whole, back in readings["st1201"]:
        data = imapb(number(told), low, high, length)
        assert int.from_bytes(data, "big") == whole
        # Rounding down may leave the range by part of a step, which the reader does not follow.
        expected = number(back)
        inside = min(high, max(low, expected)) if math.isfinite(expected) else expected
        assert from_imapb(data, low, high) == pytest.approx(inside, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.1, "0000"), (0.5, "3333"), (0.9, "6666"), (-math.inf, "e800")]
)
def test_annex_a_small_range(value: float, expected: str) -> None:
    assert imapb(value, 0.1, 0.9, 2).hex() == expected


def test_out_of_range_is_told_by_the_side() -> None:
    assert imapb(-1.0, 0.0, 10.0, 2).hex() == "e000"
    assert imapb(11.0, 0.0, 10.0, 2).hex() == "e100"
    assert from_imapb(bytes.fromhex("e000"), 0.0, 10.0) == -math.inf


@given(st.floats(-900.0, 19_000.0), st.integers(2, 4))
def test_numbers_come_back_within_a_step(value: float, length: int) -> None:
    step = 2.0 ** (math.ceil(math.log2(19_900.0)) - 8 * length + 1)
    assert abs(from_imapb(imapb(value, -900.0, 19_000.0, length), -900.0, 19_000.0) - value) <= step


@given(st.binary(max_size=10), st.floats(-1e4, 0.0), st.floats(0.1, 1e4))
def test_any_bytes_are_a_number_or_none(data: bytes, low: float, high: float) -> None:
    value = from_imapb(data, low, high)
    assert not math.isfinite(value) or low <= value <= high
