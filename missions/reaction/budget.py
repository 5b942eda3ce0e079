"""How long to think: so many seconds, or so many iterations, which always answer the same."""

import time
from collections.abc import Callable
from dataclasses import dataclass

STEP = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Seconds by a clock, or iterations where given: those do not depend on the machine.

    Seconds count from the question, the first plan included, which is answered even if it alone
    takes longer.
    """

    seconds: float = 1.0
    iterations: int | None = None
    clock: Callable[[], float] = time.monotonic

    def spent(self, *, since_s: float, done: int) -> float:
        """The share of the budget that is used up."""
        if self.iterations is not None:
            return 1.0 if self.iterations <= 0 else done / self.iterations
        return 1.0 if self.seconds <= 0.0 else (self.clock() - since_s) / self.seconds

    def step(self, done: int) -> int:
        """How many iterations to do before looking at the clock again."""
        return STEP if self.iterations is None else min(STEP, self.iterations - done)
