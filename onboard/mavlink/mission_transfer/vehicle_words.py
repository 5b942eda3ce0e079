"""The vehicle's side of the mission protocol, message by message."""

from onboard.mavlink.codec import Address, Send

_CRITICAL = 2


def _to(partner: Address, mission_type: int) -> dict[str, int]:
    return {
        "target_system": partner.system_id,
        "target_component": partner.component_id,
        "mission_type": int(mission_type),
    }


def ack(partner: Address, result: int, mission_type: int, *, opaque_id: int = 0) -> Send:
    """MISSION_ACK; `opaque_id` is the hash of the plan that was accepted."""
    fields = {"type": result, "opaque_id": opaque_id}
    return Send("MISSION_ACK", _to(partner, mission_type) | fields)


def count(partner: Address, items: int, mission_type: int, *, opaque_id: int) -> Send:
    """MISSION_COUNT of a plan that is on board, with its hash."""
    fields = {"count": items, "opaque_id": opaque_id}
    return Send("MISSION_COUNT", _to(partner, mission_type) | fields)


def request_item(partner: Address, seq: int, mission_type: int) -> Send:
    """MISSION_REQUEST_INT."""
    return Send("MISSION_REQUEST_INT", _to(partner, mission_type) | {"seq": seq})


def statustext(text: str, *, severity: int = _CRITICAL) -> Send:
    """STATUSTEXT; PX4 ends with a tab a text that an EVENT says too."""
    return Send("STATUSTEXT", {"severity": severity, "text": text})
