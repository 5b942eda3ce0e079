"""What goes over a link at once follows what it carries; the most urgent goes first."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from onboard.uplink.link_rate import LinkRate
from onboard.uplink.turn import EVENTS, LIVE, PICTURES, Turn


@given(st.floats(1_000, 1e7), st.lists(st.integers(20_000, 400_000), min_size=12, max_size=40))
def test_the_rate_comes_to_what_the_link_carries(bytes_s: float, sizes: list[int]) -> None:
    rate = LinkRate()
    for size in sizes:
        rate.took(size, size / bytes_s)
    assert 0.9 * bytes_s < rate.bytes_s < 1.1 * bytes_s + 20.0


def test_small_requests_say_nothing_against_a_link() -> None:
    rate = LinkRate()
    rate.took(200_000, 0.1)
    for _ in range(50):
        rate.took(500, 0.6)
    assert rate.bytes_s == 2_000_000


def test_after_timeouts_less_is_sent_at_once_and_longer_waited_for() -> None:
    rate = LinkRate()
    rate.took(1_000_000, 0.5)
    before = (rate.batch_bytes, rate.picture_bytes, rate.patience_s(50_000, 5.0))
    for _ in range(20):
        rate.failed(60_000)
    assert rate.batch_bytes < before[0]
    assert rate.picture_bytes < before[1]
    assert rate.patience_s(50_000, 5.0) > before[2]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 2_000_000), st.floats(0, 1e4)), max_size=50)
)
def test_sizes_stay_within_what_a_hub_takes(told: list[tuple[bool, int, float]]) -> None:
    rate = LinkRate()
    for answered, size, seconds in told:
        rate.took(size, seconds) if answered else rate.failed(size)
    assert 2_000 <= rate.batch_bytes <= 1_500_000
    assert 12_000 <= rate.picture_bytes <= 400_000


def test_an_event_goes_before_tracks_and_tracks_before_a_picture() -> None:
    turn, order, waiting = Turn(), [], threading.Barrier(4)

    def ask(urgency: int) -> None:
        waiting.wait()
        with turn.of(urgency):
            order.append(urgency)

    threads = [threading.Thread(target=ask, args=(each,)) for each in (PICTURES, LIVE, EVENTS)]
    with turn.of(PICTURES):
        for each in threads:
            each.start()
        waiting.wait()
        while len(turn._waiting) < 3:
            threading.Event().wait(0.005)
    for each in threads:
        each.join()
    assert order == [EVENTS, LIVE, PICTURES]
