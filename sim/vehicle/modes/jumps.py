"""Which item of a mission comes next: DO_JUMP followed as often as it says.

Source: PX4-Autopilot v1.17, src/modules/navigator/mission_base.cpp (getNonJumpItem).
"""

from collections.abc import Sequence

from missions.plan import Command
from sim.vehicle.mission_items import NavItem

MAX_JUMPS = 10


class Jumps:
    """How often each jump was made; `resolved` follows them."""

    def __init__(self) -> None:
        self._made: dict[int, int] = {}

    def clear(self) -> None:
        """Every jump may be made anew."""
        self._made.clear()

    def resolved(self, items: Sequence[NavItem], index: int, *, count: bool) -> int | None:
        """The item that the flight goes to at an index; `count` makes the jumps on the way."""
        for _ in range(MAX_JUMPS):
            if not 0 <= index < len(items):
                return None
            item = items[index]
            if item.command != Command.DO_JUMP:
                return index
            made = self._made.get(index, 0)
            if made >= item.jump_repeats:
                index += 1
                continue
            if count:
                self._made[index] = made + 1
            index = item.jump_target
        return None

    def next_position(self, items: Sequence[NavItem], index: int) -> NavItem | None:
        """The first item with a place from an index on."""
        for _ in range(len(items) + MAX_JUMPS):
            at = self.resolved(items, index, count=False)
            if at is None:
                return None
            if items[at].has_position:
                return items[at]
            index = at + 1
        return None
