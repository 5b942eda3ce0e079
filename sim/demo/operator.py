"""The command centre's part of the demo: somebody looks at each alert and acts on it."""

from collections.abc import Callable

from sim.demo.hub_client import HubClient, Json

OPERATOR = "demo operator"
NOTE = "opened by the demo's operator"


class Operator:
    """Acknowledges each new alert and opens an incident for it; the hub may be away meanwhile.

    `first_sight` keeps each alert as it was when it was first looked at.
    """

    def __init__(self, hub: HubClient, tell: Callable[[str], None]) -> None:
        self._hub = hub
        self._tell = tell
        self.first_sight: dict[str, Json] = {}

    def look(self) -> None:
        """One look at the list."""
        for alert in self._hub.alerts():
            if alert["id"] not in self.first_sight:
                self.first_sight[alert["id"]] = alert
                self._tell(
                    f"ALERT {alert['kind']} at {_place(alert)}: {alert['explanation']['en']}"
                )
            if alert["state"] == "new":
                self._hub.acknowledge(alert["id"], OPERATOR)
            elif alert["state"] == "acknowledged":
                self._hub.open_incident(alert["id"], OPERATOR, NOTE)


def _place(alert: Json) -> str:
    named = alert["place"]
    return "an unnamed place" if named is None else str(named["en"])
