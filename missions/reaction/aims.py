"""What a reaction is after, in seconds, so that a person can argue with it.

First the alarms: the sum of urgency times arrival is made as small as it can be, whatever it does
to the patrol; only what is within `patience_s` of that is then free to be better for the rest.

Then the rest, `cost_s`: how late stops are reached against what the plans had promised (weighted
mean), when the last drone has landed, how long drones fly (mean), and for every stop by its weight
what being missed (after its deadline) and being left undone count for.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """Weights of the parts of `cost_s`.

    `lateness`, `makespan` and `flight` are plain factors. `missed_s` and `undone_s` are seconds
    for a stop of weight 1: by default no lateness is worth leaving a stop out that can be done.
    `handover_s` is what another drone's taking a stop over counts for: a plan is to be uploaded,
    and people have to learn of it.
    """

    lateness: float = 1.0
    makespan: float = 1.0
    flight: float = 1.0
    missed_s: float = 600.0
    undone_s: float = 7200.0
    handover_s: float = 1.0
    patience_s: float = 2.0
