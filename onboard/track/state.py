"""A tracker's memory as JSON data and back, so that a restarted process goes on with its tracks."""

from collections import Counter
from typing import Any

import numpy as np

from onboard.messages import ObjectClass
from onboard.track.bank import Bank, _Life
from onboard.track.tracker import Tracker

TOLD = ("track_id", "first_seen_s", "confidence")


def tracker_state(tracker: Tracker) -> dict[str, Any]:
    """All that a tracker remembers, and when it saw last."""
    return {"now_s": tracker._now_s, **bank_state(tracker._bank)}


def restore_tracker(tracker: Tracker, state: Any) -> None:
    """Let a tracker remember what another did; its next frame is judged by its own time.

    Raises:
        ValueError: it is no state of a tracker of this version.
    """
    now_s = state.get("now_s") if isinstance(state, dict) else None
    if not isinstance(now_s, int | float):
        raise ValueError("it has no tracker")
    tracker._bank, tracker._now_s = restored_bank(state), float(now_s)


def bank_state(bank: Bank) -> dict[str, Any]:
    """Every array of a bank by name, and what else it knows of each track."""
    arrays = {name: value for name, value in vars(bank).items() if isinstance(value, np.ndarray)}
    return {
        "arrays": {
            name: {"type": value.dtype.str, "shape": value.shape, "values": value.ravel().tolist()}
            for name, value in arrays.items()
        },
        "lives": [_life_state(life) for life in bank._lives],
        "next_id": bank._next_id,
    }


def restored_bank(state: dict[str, Any]) -> Bank:
    """The bank that a state was taken of.

    Raises:
        ValueError: it is not one of this version's.
    """
    bank = Bank()
    known = {name for name, value in vars(bank).items() if isinstance(value, np.ndarray)}
    try:
        lives = [_life(each) for each in state["lives"]]
        if set(state["arrays"]) != known:
            raise ValueError("its arrays are not those of this version")
        for name, told in state["arrays"].items():
            array = np.array(told["values"], dtype=told["type"]).reshape(told["shape"])
            if len(array) != len(lives) or array.shape[1:] != getattr(bank, name).shape[1:]:
                raise ValueError(f"{name} does not fit its tracks")
            setattr(bank, name, array)
        bank._lives, bank._next_id = lives, int(state["next_id"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no state of a tracker: {error}") from error
    return bank


def _life_state(life: _Life) -> dict[str, Any]:
    return {
        **{name: getattr(life, name) for name in TOLD},
        "shared_m2": life.shared_m2.tolist(),
        "votes": {kind.value: count for kind, count in life.votes.items()},
    }


def _life(state: dict[str, Any]) -> _Life:
    votes = Counter({ObjectClass(kind): int(count) for kind, count in state["votes"].items()})
    if not votes:
        raise ValueError("a track without a class")
    shared_m2 = np.array(state["shared_m2"], dtype=np.float64).reshape(2, 2)
    told = {name: state[name] for name in TOLD}
    return _Life(**told, shared_m2=shared_m2, box=None, votes=votes)
