"""What every flying route does around its work: pass the lease, and write down what was done."""

from datetime import UTC, datetime
from typing import Any

from ground_station.errors import StoreUnavailable
from ground_station.flying.wishes import AnyWish
from ground_station.hub.hub import Hub


async def pass_lease(hub: Hub, system_id: int, who: str, wish: AnyWish | None = None) -> None:
    """Let a command or an upload (no `wish`) pass; one that takes the lease is written down.

    Raises:
        LeaseHeld: another operator holds it.
    """
    if hub.leases.allow(system_id, who, datetime.now(UTC), wish):
        detail = {"by": "first command"}
        await record(hub, who=who, action="lease_taken", system_id=system_id, detail=detail)


async def record(
    hub: Hub, *, who: str, action: str, system_id: int, detail: dict[str, Any]
) -> None:
    """Append to the chain; a disk that takes nothing is counted and stops nobody."""
    try:
        await hub.desk.record(who=who, action=action, subject=f"vehicle-{system_id}", detail=detail)
    except StoreUnavailable:
        # A full disk must not keep a vehicle from being called home, nor hide that it was.
        hub.counters.actions_unrecorded += 1
