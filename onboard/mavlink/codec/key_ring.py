"""Whose signatures count: one key for all, and keys of single systems that replace it. Pure."""

from collections.abc import Callable, Sequence

from onboard.mavlink.codec.signing import SigningKey

Proved = Callable[[int, SigningKey], None]


class KeyRing:
    """The keys of a ground station.

    A system's own key is first `given`: it may have taken it or not, for SETUP_SIGNING has no
    answer. From its first good signature on, it is proven: that system must sign with it, and is
    spoken to with it; the key it had before is dropped. `on_proved` is told, so that it is kept.
    """

    def __init__(self, common: SigningKey | None = None) -> None:
        self.common = common
        self.on_proved: Proved | None = None
        self._given: dict[int, SigningKey] = {}
        self._proven: dict[int, SigningKey] = {}
        self._released: set[int] = set()

    @property
    def empty(self) -> bool:
        """Whether there is no key at all."""
        return self.common is None and not self._given and not self._proven

    def give(self, system_id: int, key: SigningKey) -> None:
        """A key that a system is being given, or may have been given."""
        self._given[system_id] = key

    def proven(self, system_id: int, key: SigningKey) -> None:
        """A system signs with this key."""
        self._given.pop(system_id, None)
        if key == self.common:
            self._proven.pop(system_id, None)
        else:
            self._proven[system_id] = key

    def withdraw(self, system_id: int) -> None:
        """The system did not take the key that it was given."""
        self._given.pop(system_id, None)

    def release(self, system_id: int) -> None:
        """Let a system be heard unsigned: it is being told to drop its key."""
        self._released.add(system_id)

    def hold(self, system_id: int) -> None:
        """End `release`."""
        self._released.discard(system_id)

    def forget(self, system_id: int) -> None:
        """A system has no key of its own any more."""
        self._given.pop(system_id, None)
        self._proven.pop(system_id, None)

    def has_own(self, system_id: int) -> bool:
        """Whether a system signs with a key of its own."""
        return system_id in self._proven

    def may_have(self, system_id: int) -> bool:
        """Whether a system was given a key and has not been heard with it."""
        return system_id in self._given

    def is_released(self, system_id: int) -> bool:
        """Whether a system may be heard unsigned just now."""
        return system_id in self._released

    def speaks(self, system_id: int) -> SigningKey | None:
        """The key to sign with what is meant for a system; 0 is everybody."""
        return self._proven.get(system_id, self.common)

    def tried(self, system_id: int) -> Sequence[SigningKey]:
        """The keys that a system's signature may be made with."""
        keys = (self._proven.get(system_id, self.common), self._given.get(system_id))
        return [key for key in keys if key is not None]

    def heard_with(self, system_id: int, key: SigningKey) -> None:
        """A good signature of a system: what it was given becomes what it has."""
        if self._given.get(system_id) == key:
            self.proven(system_id, key)
            if self.on_proved is not None:
                self.on_proved(system_id, key)
