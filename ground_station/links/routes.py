"""By which link and peer each component is reached, where several lead to it. Pure."""

from dataclasses import dataclass

from ground_station.links.link import Wire

# A component that was heard here so lately is not looked for elsewhere.
HOLDS_S = 1.5


@dataclass(slots=True)
class Route:
    """The wire that is used, and when the component was last heard on it."""

    wire: Wire
    heard_s: float


class Routes:
    """One wire a component; another takes over once the first has fallen silent.

    Were each message to move the route, a vehicle on two links would have its answers and its
    state leap between them. `moves` counts by system id; `elsewhere` counts messages that came by
    a wire that is not in use.
    """

    def __init__(self) -> None:
        self.moves: dict[int, int] = {}
        self.elsewhere = 0
        self.elsewhere_of: dict[int, int] = {}
        self._routes: dict[int, Route] = {}

    def hears(self, system_id: int, component_id: int, wire: Wire, now_s: float) -> bool:
        """Take note of a message; True where it came by the wire in use."""
        key = system_id << 8 | component_id
        route = self._routes.get(key)
        if route is None:
            self._routes[key] = Route(wire, now_s)
            return True
        if route.wire is wire:
            route.heard_s = now_s
            return True
        if now_s - route.heard_s <= HOLDS_S:
            self.elsewhere += 1
            self.elsewhere_of[system_id] = self.elsewhere_of.get(system_id, 0) + 1
            return False
        self._routes[key] = Route(wire, now_s)
        self.moves[system_id] = self.moves.get(system_id, 0) + 1
        return True

    def wire(self, system_id: int, component_id: int) -> Wire | None:
        """The wire to a component; to the system's autopilot where the component is not known."""
        route = self._routes.get(system_id << 8 | component_id) or self._routes.get(
            system_id << 8 | 1
        )
        return None if route is None else route.wire

    def systems(self) -> dict[int, Wire]:
        """Every system that has an autopilot, and the wire in use."""
        return {key >> 8: route.wire for key, route in self._routes.items() if key & 0xFF == 1}
