"""The faulty link against the statistics that its settings promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.faults import FaultyLink, LinkFaults

COUNT = 20_000


def passed(
    faults: LinkFaults, *, seed: str = "7", every_s: float = 0.01
) -> list[tuple[float, int]]:
    """When each of COUNT numbered datagrams came out, and its number."""
    link = FaultyLink(seed=seed, faults=faults)
    out: list[tuple[float, int]] = []
    for number in range(COUNT):
        now_s = number * every_s
        link.push(number.to_bytes(4, "little"), now_s)
        out += [(now_s, int.from_bytes(data, "little")) for data in link.due(now_s)]
    out += [(float("inf"), int.from_bytes(data, "little")) for data in link.due(float("inf"))]
    return out


def test_a_clean_link_passes_everything_at_once_and_in_order() -> None:
    assert passed(LinkFaults()) == [(number * 0.01, number) for number in range(COUNT)]


def test_the_share_lost_is_the_share_asked_for() -> None:
    assert len(passed(LinkFaults(loss=0.3))) / COUNT == pytest.approx(0.7, abs=0.015)


def test_losses_come_in_bursts_of_the_mean_length_asked_for() -> None:
    numbers = np.array([number for _, number in passed(LinkFaults(loss=0.3, burst=10.0))])
    gaps = np.diff(numbers) - 1
    assert len(numbers) / COUNT == pytest.approx(0.7, abs=0.04)
    assert float(gaps[gaps > 0].mean()) == pytest.approx(10.0, rel=0.15)


def test_a_delay_holds_every_datagram_back_by_it() -> None:
    link = FaultyLink(seed="1", faults=LinkFaults(delay_s=0.3))
    link.push(b"a", 1.0)
    assert link.next_s == pytest.approx(1.3)
    assert link.due(1.29) == []
    assert link.due(1.31) == [b"a"]


def test_duplicates_and_overtaking_happen_as_often_as_asked_for() -> None:
    out = [n for _, n in passed(LinkFaults(duplicate=0.1, reorder=0.2, delay_s=0.055))]
    assert len(out) / COUNT == pytest.approx(1.1, abs=0.01)
    assert float(np.mean(np.diff(out) < 0)) > 0.1


def test_a_throttled_link_keeps_its_rate_and_drops_what_would_wait_too_long() -> None:
    link = FaultyLink(seed="1", faults=LinkFaults(rate_bit_s=8_000.0, queue_s=0.5))
    for number in range(1000):
        link.push(bytes(100), number * 0.01)
    arrived = sum(len(data) for data in link.due(10.0))
    assert arrived == pytest.approx(10_000, rel=0.02)
    assert link.counters.congested == pytest.approx(1000 - 106, abs=3)


def test_a_corrupted_datagram_differs_in_one_bit() -> None:
    link = FaultyLink(seed="1", faults=LinkFaults(corrupt=1.0))
    link.push(bytes(32), 0.0)
    (data,) = link.due(0.0)
    assert sum(byte.bit_count() for byte in data) == 1


def test_a_link_that_is_down_passes_nothing_and_counts_it() -> None:
    link = FaultyLink(seed="1", faults=LinkFaults(down=True))
    link.push(b"a", 0.0)
    assert link.due(float("inf")) == []
    assert link.counters.lost == 1


@given(
    faults=st.builds(
        LinkFaults,
        loss=st.floats(0, 1),
        burst=st.floats(1, 50),
        delay_s=st.floats(0, 2),
        jitter_s=st.floats(0, 1),
        duplicate=st.floats(0, 1),
        reorder=st.floats(0, 1),
        rate_bit_s=st.none() | st.floats(1e3, 1e6),
    ),
    sizes=st.lists(st.integers(0, 300), max_size=60),
)
def test_what_comes_out_is_accounted_for(faults: LinkFaults, sizes: list[int]) -> None:
    link = FaultyLink(seed="3", faults=faults)
    for number, size in enumerate(sizes):
        link.push(bytes(size), number * 0.05)
    count = link.counters
    arrived = len(link.due(float("inf")))
    assert (
        arrived
        == count.delivered
        == count.entered - count.lost - count.congested + count.duplicated
    )


def test_the_same_seed_gives_the_same_datagrams() -> None:
    faults = LinkFaults(loss=0.2, burst=4, delay_s=0.1, jitter_s=0.05, duplicate=0.1, reorder=0.1)
    assert passed(faults, seed="a") == passed(faults, seed="a") != passed(faults, seed="b")
