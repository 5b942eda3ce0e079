"""Pictures of the statechart, made from the same data that runs: Mermaid and Graphviz.

Where every state of a group makes the same transition, one arrow leaves the group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from onboard.executive.chart import (
    AWAY,
    FLYING,
    ON_DUTY,
    PURSUES,
    STATES,
    TRANSITIONS,
    WATCHES,
    Guard,
    Signal,
    State,
)

# From the widest to the narrowest; each lies within the one before.
GROUPS: dict[str, tuple[State, ...]] = {
    "flying": FLYING,
    "on_duty": ON_DUTY,
    "away": AWAY,
    "pursuing": PURSUES,
    "watching": WATCHES,
}


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a state or a group to a state."""

    source: str
    target: State
    signal: Signal
    guard: Guard | None

    @property
    def label(self) -> str:
        """The signal with its guard, as statecharts write it."""
        return self.signal.value + ("" if self.guard is None else f" [{self.guard.value}]")


def arrows() -> list[Arrow]:
    """The transitions, in their order, those of whole groups as one."""
    sources: dict[tuple[Signal, Guard | None, State], list[State]] = {}
    for each in TRANSITIONS:
        sources.setdefault((each.signal, each.guard, each.target), []).append(each.source)
    return [
        Arrow(name, target, signal, guard)
        for (signal, guard, target), states in sources.items()
        for name in _grouped(states)
    ]


def _grouped(states: Sequence[State]) -> list[str]:
    left, names = list(states), []
    for name, group in GROUPS.items():
        if set(group) <= set(left):
            names.append(name)
            left = [state for state in left if state not in group]
    return names + [state.value for state in left]


def named(state: State) -> str:
    """A state's name with the order that it gives."""
    order = STATES[state].order
    words = state.value.replace("_", " ")
    return words if order is None else f"{words} / {order.value}"


def mermaid() -> str:
    """As a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{named(state)}" as {state.value}' for state in State]
    lines += _nested(list(GROUPS), 1)
    lines.append(f"    [*] --> {State.STANDING_BY.value}")
    lines += [f"    {each.source} --> {each.target.value} : {each.label}" for each in arrows()]
    return "\n".join(lines) + "\n"


def _nested(names: list[str], depth: int) -> list[str]:
    if not names:
        return []
    inner = GROUPS[names[1]] if len(names) > 1 else ()
    pad = "    " * depth
    own = [state for state in GROUPS[names[0]] if state not in inner]
    return [
        f"{pad}state {names[0]} {{",
        *(f"{pad}    {state.value}" for state in own),
        *_nested(names[1:], depth + 1),
        f"{pad}}}",
    ]


def dot() -> str:
    """As a Graphviz digraph."""
    lines = [
        "digraph executive {",
        "    rankdir=LR; compound=true; node [shape=box, style=rounded];",
    ]
    lines += _clusters(list(GROUPS), 1)
    lines += [f'    {state.value} [label="{named(state)}"];' for state in State]
    lines += [_edge(each) for each in arrows()]
    return "\n".join([*lines, "}"]) + "\n"


def _clusters(names: list[str], depth: int) -> list[str]:
    if not names:
        return []
    inner = GROUPS[names[1]] if len(names) > 1 else ()
    pad = "    " * depth
    own = "; ".join(state.value for state in GROUPS[names[0]] if state not in inner)
    return [
        f'{pad}subgraph cluster_{names[0]} {{ label="{names[0]}"; {own};',
        *_clusters(names[1:], depth + 1),
        f"{pad}}}",
    ]


def _edge(arrow: Arrow) -> str:
    group = GROUPS.get(arrow.source)
    start = arrow.source if group is None else group[0].value
    tail = "" if group is None else f", ltail=cluster_{arrow.source}"
    return f'    {start} -> {arrow.target.value} [label="{arrow.label}"{tail}];'
