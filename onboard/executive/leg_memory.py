"""The leg that was left: told to whoever keeps it beyond a crash, before the order goes out."""

from dataclasses import replace

from onboard.executive.actions import Left, Remember
from onboard.executive.watch import Watch
from onboard.mavlink.px4_modes import Px4Mode


class LegMemory:
    """`left` is None while the mission flies. `behind`: an earlier process left it."""

    def __init__(self, watch: Watch, remembered: Left | None) -> None:
        self.left = remembered
        self.behind = remembered is not None
        self._watch = watch

    def leave(self) -> None:
        """The mission is left here and now."""
        self.left = self._watch.leg()

    def mode(self, mode: Px4Mode | None) -> list[Remember]:
        """The vehicle is about to be asked for a mode away from its leg."""
        if self.left is None or self.left.mode is mode:
            return []
        self.left = replace(self.left, mode=mode)
        return [Remember(left=self.left)]

    def forget(self) -> list[Remember]:
        """The mission flies again, or nobody here is to bring it back."""
        self.behind = False
        if self.left is None:
            return []
        self.left = None
        return [Remember(left=None)]

    def is_as_left(self) -> bool:
        """Whether the vehicle still does what an earlier process had it do."""
        now, left = self._watch.situation, self.left
        same = left is not None and (now.mission_hash, now.mode) == (left.mission_hash, left.mode)
        return self.behind and same and now.airborne

    def drop_stale(self) -> list[Remember]:
        """What was left behind is void once the vehicle is seen doing something else."""
        now = self._watch.situation
        known = None not in (now.mode, now.mission_hash, now.landed)
        return self.forget() if self.behind and known and not self.is_as_left() else []
