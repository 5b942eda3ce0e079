"""What a mission's items had set, repeated when the mission goes on after another mode.

A mission that was taking pictures goes one waypoint back, so that none is missing, and its trigger
and speed come back once it is there; else its speed comes back at once. Camera mode and gimbal come
back at once. Regions of interest, zoom and recordings do not.
Source: PX4-Autopilot v1.17, src/modules/navigator/mission_base.cpp (on_activation, on_active,
cacheItem).
"""

from collections.abc import Sequence

from missions.plan import Command
from sim.vehicle.mission_items import NavItem
from sim.vehicle.navigation import Issued, NavigationState

TRIGGER_CONTROL = 2003
TRIGGERS = frozenset(
    (
        Command.DO_SET_CAM_TRIGG_DIST,
        TRIGGER_CONTROL,
        Command.IMAGE_START_CAPTURE,
        Command.IMAGE_STOP_CAPTURE,
    )
)
NOWHERE = -1
ANY_CAMERA = (0.0,) * 7
PAUSE_TRIGGER = (-1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)


class MissionReplay:
    """Holds what was set before the current item, from `activated` until it has been repeated."""

    def __init__(self) -> None:
        self._left_at = NOWHERE
        self._entered_at = 0
        self._speed: NavItem | None = None
        self._trigger: NavItem | None = None
        self._at_once: list[NavItem] = []
        self._takes_series = False

    @property
    def due(self) -> bool:
        """Whether something is to be repeated at the next step."""
        return bool(self._at_once)

    def left(self, current: int, state: NavigationState) -> None:
        """Mission mode was left: the survey trigger is paused, the mission's pictures end."""
        self._left_at = current
        state.events.append(Issued(command=TRIGGER_CONTROL, params=PAUSE_TRIGGER))
        if self._takes_series:
            state.events.append(Issued(command=Command.IMAGE_STOP_CAPTURE, params=ANY_CAMERA))
        self._takes_series = False

    def issued(self, command: int) -> None:
        """The mission gave a command: a series of its pictures begins or ends."""
        if command in (Command.IMAGE_START_CAPTURE, Command.IMAGE_STOP_CAPTURE):
            self._takes_series = command == Command.IMAGE_START_CAPTURE

    def chosen(self) -> None:
        """Somebody made another item the current one: there is no way back to go."""
        self._left_at = NOWHERE

    def activated(self, items: Sequence[NavItem], current: int, state: NavigationState) -> int:
        """Mission mode was entered: the item to begin with."""
        before = items[:current]
        self._trigger = _last(before, TRIGGERS)
        self._speed = _last(before, frozenset((Command.DO_CHANGE_SPEED,)))
        kept = (Command.SET_CAMERA_MODE, *_GIMBAL)
        found = (_last(before, frozenset((command,))) for command in kept)
        self._at_once = [item for item in found if item is not None]
        begin = current
        if self._left_at > 0 and _takes_pictures(self._trigger):
            begin = _place_before(items, self._left_at, current)
        if begin == current:
            self._repeat_speed(state)
        self._entered_at, self._left_at = begin, NOWHERE
        return begin

    def step(self, current: int, state: NavigationState, *, climbing: bool) -> None:
        """Repeat what is due."""
        due = [item for item in self._at_once if not (climbing and item.command in _GIMBAL)]
        self._at_once = [item for item in self._at_once if item not in due]
        for item in due:
            _issue(item, state)
        if current > self._entered_at:
            if self._trigger is not None and _takes_pictures(self._trigger):
                self.issued(self._trigger.command)
                _issue(self._trigger, state)
            self._trigger = None
            self._repeat_speed(state)

    def _repeat_speed(self, state: NavigationState) -> None:
        if self._speed is not None:
            _issue(self._speed, state)
        self._speed = None


_GIMBAL = (Command.DO_GIMBAL_MANAGER_CONFIGURE, Command.DO_GIMBAL_MANAGER_PITCHYAW)


def _issue(item: NavItem, state: NavigationState) -> None:
    state.events.append(Issued(command=item.command, params=item.params))


def _last(items: Sequence[NavItem], commands: frozenset[int]) -> NavItem | None:
    return next((each for each in reversed(items) if each.command in commands), None)


def _takes_pictures(trigger: NavItem | None) -> bool:
    if trigger is None or trigger.command == Command.IMAGE_STOP_CAPTURE:
        return False
    first = trigger.params[0]
    if trigger.command == TRIGGER_CONTROL:
        return round(first) == 1
    return trigger.command == Command.IMAGE_START_CAPTURE or first > 0.0


def _place_before(items: Sequence[NavItem], left_at: int, current: int) -> int:
    places = [index for index, item in enumerate(items[:left_at]) if item.has_position]
    return places[-1] if places else current
