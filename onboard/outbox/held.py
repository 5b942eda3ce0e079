"""Messages that the disk would not take, held in memory until it does or a hub has them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is kept: `priority` 0 is the most urgent, `order` the order of coming."""

    id: str
    body: str
    priority: int
    order: int
    picture_sha256: str | None

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts the most urgent first, and of these the newest."""
        return self.priority, -self.order


class Held:
    """At most so many messages, by the order in which they came."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._messages: dict[str, Message] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(tuple(self._messages.values()))

    def add(self, message: Message) -> bool:
        """Hold a message; whether the least urgent, oldest one had to go for it."""
        self._messages[message.id] = message
        if len(self._messages) <= self._most:
            return False
        worst = max(self._messages.values(), key=lambda each: each.rank)
        del self._messages[worst.id]
        return True

    def taken(self, ids: Collection[str]) -> list[Message]:
        """Those of some messages that are held; they are held no longer."""
        return [self._messages.pop(each) for each in ids if each in self._messages]
