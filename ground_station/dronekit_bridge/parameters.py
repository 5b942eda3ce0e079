"""Parameters: PX4 puts a whole number's bits into the float, ArduPilot and DroneKit its value.

https://mavlink.io/en/services/parameter.html#parameter-encoding. A float32 holds whole numbers
exactly up to 2^24; beyond that the client sees the nearest.
"""

from ground_station.dronekit_bridge.known import Known
from ground_station.dronekit_bridge.words import Word, Words, say, to_client
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.parameters import (
    BadParameterValue,
    ParameterType,
    value_from_wire,
    value_to_wire,
)


def from_vehicle(message: Message) -> Words | None:
    """PARAM_VALUE of a whole number, as its value; None where nothing is to be changed."""
    if message.name != "PARAM_VALUE" or message.param_type == ParameterType.REAL32:
        return None
    try:
        value = value_from_wire(message.param_value, message.param_type)
    except BadParameterValue:
        return None
    return [to_client("PARAM_VALUE", **message.fields | {"param_value": float(value)})]


def from_client(message: Message, known: Known) -> Words | None:
    """PARAM_SET by value, in the type that the vehicle has told; None where that is not known."""
    if message.name != "PARAM_SET":
        return None
    kind = known.parameter_kinds.get(message.param_id)
    if kind is None or kind == ParameterType.REAL32 == message.param_type:
        return None
    try:
        carried = value_to_wire(message.param_value, kind)
    except BadParameterValue:
        return [say(f"{message.param_id} takes a whole number", severity=3)]
    fields = message.fields | {"param_value": carried, "param_type": kind}
    return [Word.to_vehicle(Send("PARAM_SET", fields))]
