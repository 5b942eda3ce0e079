"""The hash chain: what follows holds, and whatever was done to a record shows."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground_station.store.chain import Action, Chain, Record, canonical_json, first_break

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=5,
)


def _records(count: int) -> list[Record]:
    chain = Chain()
    return [
        chain.append(Action(at=AT, who="Айгүл", action="noted", subject=f"s-{n}", detail={"n": n}))
        for n in range(count)
    ]


def test_whole_chain_has_no_break() -> None:
    assert first_break(_records(5)) is None


def test_empty_chain_has_no_break() -> None:
    assert first_break([]) is None


def test_chain_goes_on_from_its_last_record() -> None:
    records = _records(3)
    later = Chain(last_position=3, last_hash=records[-1].hash)
    records.append(later.append(records[0].action))
    assert first_break(records) is None


@given(which=st.integers(0, 4), detail=st.dictionaries(TEXT, JSON, min_size=2))
def test_changed_content_breaks_the_chain_at_its_record(
    which: int, detail: dict[str, object]
) -> None:
    records = _records(5)
    changed = dataclasses.replace(records[which].action, detail=detail)
    records[which] = dataclasses.replace(records[which], action=changed)
    found = first_break(records)
    assert found is not None
    assert (found.position, found.reason) == (which + 1, "its content was changed")


@given(which=st.integers(0, 3))
def test_removed_record_breaks_the_chain_where_it_was(which: int) -> None:
    records = _records(5)
    del records[which]
    found = first_break(records)
    assert found is not None
    assert found.position == which + 1


def test_recomputed_record_does_not_join_the_one_after_it() -> None:
    records = _records(3)
    forged = Chain(last_position=1, last_hash=records[0].hash)
    records[1] = forged.append(dataclasses.replace(records[1].action, who="somebody"))
    found = first_break(records)
    assert found is not None
    assert found.position == 3


def test_same_moment_in_another_zone_has_the_same_hash() -> None:
    action = _records(1)[0].action
    almaty = AT.astimezone(timezone(timedelta(hours=5)))
    assert Chain().append(action) == dataclasses.replace(
        Chain().append(dataclasses.replace(action, at=almaty)), action=action
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": ["\udfff"]}])
def test_what_json_cannot_hold_has_no_canonical_form(value: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        canonical_json(value)
