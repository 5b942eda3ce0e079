"""Renderers beside the training tell their views in order."""

import numpy as np

from sim.training.render import rendered
from sim.training.stock import KEPT, Renderers, Stock

SIDE_PX = 96


def test_two_renderers_give_the_views_of_a_seed_in_their_order() -> None:
    with Renderers(3, 10, SIDE_PX, count=2) as source:
        came = [source.take() for _ in range(3)]
    expected = [rendered(3, number, SIDE_PX) for number in (10, 11, 12)]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(came, expected, strict=True))


def test_the_stock_keeps_the_newest_and_a_batch_is_the_same_for_a_seed() -> None:
    views = [rendered(3, number, SIDE_PX) for number in range(3)]
    stock = Stock([])
    for number in range(KEPT + 2):
        stock.put(views[number >= KEPT])
    assert [view is views[1] for view in stock.views[:3]] == [True, True, False]
    assert len(stock.views) == KEPT
    one, other = (stock.batch(np.random.default_rng(4), 5) for _ in range(2))
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one, other, strict=True))
