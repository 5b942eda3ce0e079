"""How many there are: crowds, herds and traffic, each object once, with an honest interval."""

from onboard.count.counter import Count, Counted, Counter
from onboard.count.live import LiveCount, LiveCountSettings
from onboard.count.settings import CountSettings
from onboard.count.telling import count_finding

__all__ = [
    "Count",
    "CountSettings",
    "Counted",
    "Counter",
    "LiveCount",
    "LiveCountSettings",
    "count_finding",
]
