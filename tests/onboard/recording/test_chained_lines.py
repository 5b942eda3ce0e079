"""Lines of a recording, held against json and hashlib themselves."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onboard.recording.chain import START, Chain, linked

VALUES = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
TOLD = st.dictionaries(st.text(max_size=6).filter(lambda key: key != "chain"), VALUES, max_size=6)


@given(lines=st.lists(TOLD, max_size=4))
def test_a_line_is_what_json_writes_with_the_chain_among_its_keys(
    lines: list[dict[str, Any]],
) -> None:
    chain, head = Chain(), START
    for told in lines:
        plain = json.dumps(told, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        head = hashlib.sha256(head.encode() + plain.encode("utf-8", "strict")).hexdigest()
        whole = json.dumps(
            {**told, "chain": head}, separators=(",", ":"), sort_keys=True, ensure_ascii=False
        )
        assert chain.line(told) == whole.encode() + b"\n"
        assert chain.head == head


def test_a_line_by_itself_is_linked_as_the_chain_does_it() -> None:
    chain = Chain()
    chain.line({"kind": "seen", "a": 1, "z": [2.5]})
    assert chain.head == linked(START, {"a": 1, "kind": "seen", "z": [2.5]})
