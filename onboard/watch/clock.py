"""Whether the vehicle's clocks jump: then it is said, and nothing is concluded across the jump."""

from datetime import datetime

from onboard.watch.problems import Problem

UTC_STEP_S = 1.0
LONGEST_GAP_S = 30.0
# A simulation may run so many times faster than the wall.
FASTEST = 50.0
TOLD_FOR_S = 30.0


class ClockWatch:
    """Told of every frame's time by the vehicle's boot clock, in UTC, and by the wall's clock."""

    def __init__(self) -> None:
        self._boot_s = self._wall_s = 0.0
        self._utc_of_boot_s: float | None = None
        self._told_until_s = -float("inf")
        self._words = ""
        self.jumps = 0

    def frame(self, boot_s: float, captured_at: datetime, wall_s: float) -> None:
        """Take in a frame's times."""
        utc_of_boot_s = captured_at.timestamp() - boot_s
        if self._utc_of_boot_s is not None:
            gap_s, wall_gap_s = boot_s - self._boot_s, wall_s - self._wall_s
            step_s = utc_of_boot_s - self._utc_of_boot_s
            if gap_s < 0.0:
                self._jumped(f"the vehicle's boot clock went back {-gap_s:.1f} s", wall_s)
            elif gap_s > LONGEST_GAP_S and gap_s > FASTEST * wall_gap_s:
                self._jumped(f"the vehicle's boot clock jumped {gap_s:.1f} s ahead", wall_s)
            elif abs(step_s) > UTC_STEP_S:
                self._jumped(f"the vehicle's time of day was moved by {step_s:+.1f} s", wall_s)
        self._boot_s, self._wall_s, self._utc_of_boot_s = boot_s, wall_s, utc_of_boot_s

    def problems(self, wall_s: float) -> list[Problem]:
        """The last jump, for a while."""
        told = wall_s < self._told_until_s
        return [Problem("clock_jumped", f"{self._words} ({self.jumps} so far)")] if told else []

    def _jumped(self, words: str, wall_s: float) -> None:
        self.jumps += 1
        self._words, self._told_until_s = words, wall_s + TOLD_FOR_S
