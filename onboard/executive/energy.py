"""The battery reserve: what must still be there so that the vehicle comes home, told beforehand."""

from onboard.executive.tasking import Battery
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import metres_between

# The battery's own drain counts once it has shown itself: readings come in whole percents, and a
# climb takes more than the flight.
SHOWN, SHOWN_S = 0.05, 60.0


class Reserve:
    """One flight's. Shares of a full battery, seconds, and places above sea level."""

    def __init__(self, settings: Battery) -> None:
        self._settings = settings
        self._began: tuple[float, float] | None = None
        self._drain_per_s = 1.0 / settings.endurance_s

    def begins(self) -> None:
        """A new flight: its drain is not known yet."""
        self._began = None
        self._drain_per_s = 1.0 / self._settings.endurance_s

    def tells(self, remaining: float, now_s: float) -> None:
        """A reading in the air."""
        if self._began is None:
            self._began = (remaining, now_s)
        spent, since_s = self._began[0] - remaining, now_s - self._began[1]
        if spent >= SHOWN and since_s >= SHOWN_S:
            self._drain_per_s = max(1.0 / self._settings.endurance_s, spent / since_s)

    def seconds_home(self, place: CommandPlace, home: CommandPlace) -> float:
        """How long the return takes: climb to the return height, fly straight, descend."""
        its = self._settings
        height_m = max(0.0, place.height_amsl_m - home.height_amsl_m)
        highest_m = max(height_m, its.return_height_m)
        way_s = metres_between(place, home) / its.return_speed_m_s
        climb_s = (highest_m - height_m) / its.climb_m_s
        return its.margin * (climb_s + way_s + highest_m / its.descent_m_s)

    def needed(self, place: CommandPlace, home: CommandPlace, *, first_s: float = 0.0) -> float:
        """The share that must be left to fly on for `first_s` and then home from a place."""
        seconds = first_s + self.seconds_home(place, home)
        return self._settings.reserve + seconds * self._drain_per_s
