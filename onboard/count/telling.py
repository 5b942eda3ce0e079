"""A count as a finding, so that it goes to the hub the way all findings do."""

import numpy as np

from onboard.count.counter import Count
from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.finding import Finding
from onboard.rules.sighting import NAMES

# Nine in ten of a round cloud lie within so many of its standard deviations.
NINE_IN_TEN = 2.146


def count_finding(count: Count, *, began_s: float, probability: float) -> Finding | None:
    """A notice of how many there are and where; None of a count whose middle is none.

    The place's covariance is that of the gathering: its ellipse is where they are.
    """
    estimate = count.estimate
    if estimate.count < 1:
        return None
    kk, ru, en = NAMES[count.object_class]
    how_many, percent = f"{estimate.low}-{estimate.high}", round(100 * probability)
    return Finding(
        kind=EventKind.SIGHTING,
        rule_id=f"count.{count.object_class}",
        severity=Severity.NOTICE,
        certainty=probability,
        en_m=count.en_m,
        covariance_m2=np.eye(2) * max(1.0, count.radius_m / NINE_IN_TEN) ** 2,
        began_s=began_s,
        tracks=(),
        object_class=count.object_class,
        object_count=estimate.count,
        explanation=Explanation(
            kk=f"Саналды: {kk}, шамамен {estimate.count} ({percent} % ықтималдықпен {how_many}).",
            ru=f"Подсчитано: {ru}, около {estimate.count} (с вероятностью {percent} % {how_many}).",
            en=f"Counted: {en}, about {estimate.count} ({how_many} with {percent} %).",
        ),
    )
