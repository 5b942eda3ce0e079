"""Reading and writing one parameter of a PX4 vehicle.

https://mavlink.io/en/services/parameter.html. PX4 encodes byte-wise: PARAM_VALUE.param_value is a
float field whose four bytes hold the INT32 as it is (MAV_PARAM_TYPE 6) or the REAL32 (9).

What PX4 does beside the standard: a full list begins with `_HASH_CHECK` (index 65535, type UINT32
5, byte-wise), a hash over all names and values, so that a ground station that knows it can skip the
list (it then sends PARAM_SET of `_HASH_CHECK` to stop it). An unknown name answers PARAM_ERROR 1, a
wrong type PARAM_ERROR 7; a value out of range is taken as it is; every PARAM_VALUE echo goes to
every link.

Limit: Python turns a signalling NaN into a quiet one. An integer whose bits are one (2139095041 to
2143289343 and -8388607 to -4194305) cannot travel as a float: it is refused on the way out, and
read on the way in with one bit set too many. No parameter of PX4 has such a value.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from struct import Struct
from struct import error as StructError

from onboard.mavlink.codec import Address, MavlinkError, Message, Send

HASH_CHECK = "_HASH_CHECK"
_BY_NAME = -1
_LONGEST_NAME = 16
_FLOAT32 = Struct("<f")
_ERROR_WORDS = {
    1: "the vehicle has no such parameter",
    2: "the value is out of range",
    3: "the vehicle does not let us write it",
    4: "the vehicle has no such component",
    5: "the parameter is read-only",
    7: "the parameter is of another type",
}


class ParameterType(IntEnum):
    """MAV_PARAM_TYPE, as far as it fits PARAM_VALUE's four bytes."""

    UINT8 = 1
    INT8 = 2
    UINT16 = 3
    INT16 = 4
    UINT32 = 5
    INT32 = 6
    REAL32 = 9


_CODECS = {
    ParameterType.UINT8: Struct("<Bxxx"),
    ParameterType.INT8: Struct("<bxxx"),
    ParameterType.UINT16: Struct("<Hxx"),
    ParameterType.INT16: Struct("<hxx"),
    ParameterType.UINT32: Struct("<I"),
    ParameterType.INT32: Struct("<i"),
    ParameterType.REAL32: Struct("<f"),
}


class BadParameterValue(MavlinkError):
    """The value does not fit the type, or the type fits no PARAM_VALUE."""

    def __init__(self, *, value: float, kind: int) -> None:
        self.value = value
        self.kind = kind
        super().__init__(f"{value!r} is no parameter of type {kind}")


class BadParameterName(MavlinkError):
    """A name that is empty or longer than the 16 characters of `param_id`."""

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"{name!r} cannot be the name of a parameter")


def value_to_wire(value: float, kind: ParameterType) -> float:
    """What to put into PARAM_SET.param_value, byte-wise. Raises `BadParameterValue`."""
    whole = kind is not ParameterType.REAL32
    if whole and not float(value).is_integer():
        raise BadParameterValue(value=value, kind=kind)
    try:
        raw = _CODECS[kind].pack(int(value) if whole else value)
    except (StructError, OverflowError):
        raise BadParameterValue(value=value, kind=kind) from None
    carried: float = _FLOAT32.unpack(raw)[0]
    if _FLOAT32.pack(carried) != raw:
        raise BadParameterValue(value=value, kind=kind)
    return carried


def value_from_wire(param_value: float, param_type: int) -> int | float:
    """What PARAM_VALUE.param_value says, byte-wise. Raises `BadParameterValue`."""
    if param_type not in _CODECS:
        raise BadParameterValue(value=param_value, kind=param_type)
    codec = _CODECS[ParameterType(param_type)]
    value: int | float = codec.unpack(_FLOAT32.pack(param_value))[0]
    return value


class ParameterEnd(StrEnum):
    """How a read or a write ended; `DIFFERENT`: the vehicle kept another value than we wrote."""

    DONE = "done"
    REFUSED = "refused"
    DIFFERENT = "different"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterOutcome:
    """The end of a read or a write, with the value that the vehicle holds where it told one."""

    end: ParameterEnd
    value: int | float | None = None
    kind: ParameterType | None = None
    words: str = ""


class _ParameterExchange:
    """One request about one parameter, repeated until it is answered."""

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        name: str,
        request: Send,
        answer_timeout_s: float,
        attempts: int,
    ) -> None:
        self.name = name
        self.outcome: ParameterOutcome | None = None
        self._own = own
        self._vehicle = vehicle
        self._request = request
        self._answer_timeout_s = answer_timeout_s
        self._attempts = attempts
        self._sent = 0
        self._deadline_s = float("inf")

    def start(self, now_s: float) -> list[Send]:
        """Send the request for the first time."""
        return self._send(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in a message; anything but this parameter's answer is passed over."""
        if self.outcome is not None or message.sender != self._vehicle:
            return []
        if message.name == "PARAM_VALUE" and message.param_id == self.name:
            known = message.param_type in _CODECS
            self.outcome = self._told(message) if known else _strange(message.param_type)
        if message.name == "PARAM_ERROR" and self._is_our_error(message):
            words = _ERROR_WORDS.get(message.error, f"the vehicle answered {message.error}")
            self.outcome = ParameterOutcome(end=ParameterEnd.REFUSED, words=words)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Send again, or give up, where the wait is over."""
        if self.outcome is not None or now_s < self._deadline_s:
            return []
        if self._sent < self._attempts:
            return self._send(now_s)
        words = f"the vehicle did not answer {self._sent} requests"
        self.outcome = ParameterOutcome(end=ParameterEnd.NO_ANSWER, words=words)
        return []

    def _is_our_error(self, message: Message) -> bool:
        to_us = message.target_system in (0, self._own.system_id)
        return to_us and message.param_id == self.name

    def _told(self, message: Message) -> ParameterOutcome:
        kind = ParameterType(message.param_type)
        value = value_from_wire(message.param_value, kind)
        return ParameterOutcome(end=ParameterEnd.DONE, value=value, kind=kind, words="done")

    def _send(self, now_s: float) -> list[Send]:
        self._sent += 1
        self._deadline_s = now_s + self._answer_timeout_s
        return [self._request]


def _strange(param_type: int) -> ParameterOutcome:
    words = f"the vehicle told a value of type {param_type}, which is none"
    return ParameterOutcome(end=ParameterEnd.REFUSED, words=words)


def _target(vehicle: Address, name: str) -> dict[str, int | str]:
    if not 0 < len(name) <= _LONGEST_NAME:
        raise BadParameterName(name=name)
    return {
        "target_system": vehicle.system_id,
        "target_component": vehicle.component_id,
        "param_id": name,
    }


class ParameterRead(_ParameterExchange):
    """Reads one parameter by name: `start`, then `receive` and `tick` until `outcome` is there."""

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        name: str,
        answer_timeout_s: float = 1.0,
        attempts: int = 4,
    ) -> None:
        fields = {**_target(vehicle, name), "param_index": _BY_NAME}
        super().__init__(
            own=own,
            vehicle=vehicle,
            name=name,
            request=Send("PARAM_REQUEST_READ", fields),
            answer_timeout_s=answer_timeout_s,
            attempts=attempts,
        )


class ParameterWrite(_ParameterExchange):
    """Writes one parameter and waits for the vehicle's echo, which tells what it now holds.

    Raises `BadParameterValue` where `value` does not fit `kind`.
    """

    def __init__(
        self,
        *,
        own: Address,
        vehicle: Address,
        name: str,
        value: float,
        kind: ParameterType,
        answer_timeout_s: float = 1.0,
        attempts: int = 4,
    ) -> None:
        self._carried = value_to_wire(value, kind)
        self._kind = kind
        fields = {
            **_target(vehicle, name),
            "param_value": self._carried,
            "param_type": int(kind),
        }
        super().__init__(
            own=own,
            vehicle=vehicle,
            name=name,
            request=Send("PARAM_SET", fields),
            answer_timeout_s=answer_timeout_s,
            attempts=attempts,
        )

    def _told(self, message: Message) -> ParameterOutcome:
        told = super()._told(message)
        same_bytes = _FLOAT32.pack(message.param_value) == _FLOAT32.pack(self._carried)
        if same_bytes and told.kind is self._kind:
            return told
        words = f"the vehicle kept {told.value}"
        return ParameterOutcome(
            end=ParameterEnd.DIFFERENT, value=told.value, kind=told.kind, words=words
        )
