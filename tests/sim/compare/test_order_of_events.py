"""Streams of events: what may be missing and what may not."""

from sim.compare.flight import Entry
from sim.compare.order import order_differences, text_differences


def test_equal_streams_differ_in_nothing() -> None:
    stream = [Entry(0.0, "4/3"), Entry(5.0, "4/4")]
    assert order_differences(stream, [Entry(0.4, "4/3"), Entry(5.9, "4/4")]) == []


def test_an_entry_that_lived_less_than_a_second_may_be_missing() -> None:
    theirs = [Entry(0.0, "1"), Entry(5.0, "2"), Entry(5.8, "3")]
    assert order_differences(theirs, [Entry(0.0, "1"), Entry(5.8, "3")]) == []


def test_an_entry_that_lived_longer_may_not() -> None:
    theirs = [Entry(0.0, "1"), Entry(5.0, "2"), Entry(6.1, "3")]
    assert order_differences(theirs, [Entry(0.0, "1"), Entry(6.1, "3")]) == ["-2"]


def test_what_is_told_as_the_log_ends_may_be_missing_in_the_other() -> None:
    theirs, ours = [Entry(0.0, "4/5")], [Entry(0.0, "4/5"), Entry(9.4, "4/3")]
    assert order_differences(theirs, ours, (9.3, 10.5)) == []
    assert order_differences(theirs, ours, (9.3, 13.0)) == ["+4/3"]


def test_entries_that_changed_places_are_named() -> None:
    theirs = [Entry(0.0, "1"), Entry(5.0, "2"), Entry(9.0, "3")]
    swapped = [Entry(0.0, "2"), Entry(5.0, "1"), Entry(9.0, "3")]
    assert order_differences(theirs, swapped) == ["-1", "+1"]


def test_texts_are_compared_without_their_figures_and_without_log_names() -> None:
    theirs = [Entry(0.0, "[logger] ./log/a.ulg"), Entry(1.0, "RTL: start return at 520 m")]
    assert text_differences(theirs, [Entry(1.0, "RTL: start return at 159 m")]) == []


def test_a_text_that_was_never_said_is_named() -> None:
    assert text_differences([Entry(1.0, "Takeoff detected")], []) == ["-Takeoff detected"]
