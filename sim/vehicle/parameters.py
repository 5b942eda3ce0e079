"""PX4's parameters: its set, their protocol and their errors.

The values are those of PX4 v1.17's SIH quadrotor. INT32 values travel byte for byte in the float
field (MAVLink's parameter protocol, PX4's encoding: https://mavlink.io/en/services/parameter.html).
"""

import json
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zlib import crc32

from missions.errors import BadInput
from onboard.mavlink.codec import Address, Message, Send

UINT32, INT32, REAL32 = 5, 6, 9
HASH_NAME = "_HASH_CHECK"
HASH_INDEX = 65535
NO_INDEX = 511
UNKNOWN_NAME, READ_ONLY, UNSUPPORTED_TYPE, WRONG_TYPE = 1, 5, 6, 7
# What PX4 changes by itself (calibration, counters) is no part of the hash.
VOLATILE = re.compile(
    r"CAL_\w+_[XYZ](OFF|SCALE|COMP|ODIAG)|CAL_BARO\d_OFF|COM_MODE\d_HASH|COM_FLIGHT_UUID"
    r"|EKF2_MAG_DECL|LND_FLIGHT_T_(HI|LO)|SENS_DPRES_OFF"
)
SENT_PER_SECOND = 1025.0
Value = int | float


def px4_defaults() -> dict[str, Value]:
    """PX4's values by name; an int is an INT32, a float a REAL32."""
    text = files("sim.vehicle").joinpath("px4_parameters.json").read_text(encoding="utf-8")
    data = json.loads(text)
    reals = {name: float(value) for name, value in data["real32"].items()}
    return dict(sorted((data["int32"] | reals).items()))


# PX4 lists these only while it runs its gimbal manager; the module's own defaults.
GIMBAL_PARAMETERS: Mapping[str, Value] = MappingProxyType(
    {
        "MNT_DO_STAB": 0, "MNT_FIXED_PITCH": 0.0, "MNT_LND_P_MAX": 90.0, "MNT_LND_P_MIN": -90.0,
        "MNT_MAN_PITCH": 0, "MNT_MAN_ROLL": 0, "MNT_MAN_YAW": 0, "MNT_MAV_COMPID": 154,
        "MNT_MAV_SYSID": 1, "MNT_MAX_PITCH": 45.0, "MNT_MIN_PITCH": -45.0, "MNT_MODE_OUT": 0,
        "MNT_RANGE_ROLL": 90.0, "MNT_RANGE_YAW": 360.0, "MNT_RATE_PITCH": 30.0,
        "MNT_RATE_YAW": 30.0, "MNT_RC_IN_MODE": 1, "MNT_TAU": 0.3,
    }
)  # fmt: skip
# PX4 has these, and takes and tells them, but lists them only once it has judged a mission by them.
MISSION_PARAMETERS: Mapping[str, Value] = MappingProxyType(
    {"FW_LND_ANG": 5.0, "MIS_DIST_1WP": 10_000.0, "MIS_TKO_LAND_REQ": 0}
)
NOT_LISTED = 65535
GIMBAL_BY_PROTOCOL_V2 = 4
TO_A_MAVLINK_DEVICE = 2


class ParameterStore:
    """A vehicle's values, in the order of their names; `revision` grows with every change.

    `gimbal` sets PX4 up for a gimbal that speaks MAVLink. `names` are those that are listed.
    """

    def __init__(
        self, overrides: Mapping[str, Value] = MappingProxyType({}), *, gimbal: bool = False
    ) -> None:
        more: Mapping[str, Value] = MISSION_PARAMETERS
        self.revision = 0
        if gimbal or overrides.get("MNT_MODE_IN", -1) >= 0:
            more = {**more, **GIMBAL_PARAMETERS}
        self.values = dict(sorted({**px4_defaults(), **more}.items()))
        if gimbal:
            self.values["MNT_MODE_IN"] = GIMBAL_BY_PROTOCOL_V2
            self.values["MNT_MODE_OUT"] = TO_A_MAVLINK_DEVICE
        for name, value in overrides.items():
            if name not in self.values:
                raise BadInput(where=f"parameters.{name}", what="PX4 has no such parameter")
            self._put(name, value)
        self._list(name for name in self.values if name not in MISSION_PARAMETERS)

    def list_all(self) -> None:
        """List what is listed only once it was used, too."""
        if len(self.names) < len(self.values):
            self._list(self.values)

    def _list(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._index = {name: index for index, name in enumerate(self.names)}

    def index(self, name: str) -> int:
        """The place of a name in the list; `NOT_LISTED` where it has none."""
        return self._index.get(name, NOT_LISTED)

    def kind(self, name: str) -> int:
        """MAV_PARAM_TYPE of a value."""
        return INT32 if isinstance(self.values[name], int) else REAL32

    def set(self, name: str, value: Value) -> None:
        """Take a value of the parameter's own type; out of range ones are taken as they are."""
        self._put(name, value)
        self.revision += 1

    def hash(self) -> int:
        """CRC32 over names and values of what is not volatile, so that the list can be skipped."""
        # zlib inverts before and after; PX4 does neither.
        packed = b"".join(
            name.encode() + struct.pack("<i" if isinstance(value, int) else "<f", value)
            for name, value in ((name, self.values[name]) for name in self.names)
            if not VOLATILE.fullmatch(name)
        )
        return crc32(packed, 0xFFFFFFFF) ^ 0xFFFFFFFF

    def _put(self, name: str, value: Value) -> None:
        self.values[name] = int(value) if isinstance(self.values[name], int) else float(value)


def to_wire(value: Value) -> float:
    """The float field that carries a value."""
    if isinstance(value, int):
        wire: float = struct.unpack("<f", struct.pack("<i", value))[0]
        return wire
    return value


def from_wire(field: float, kind: int) -> Value:
    """The value that a float field carries."""
    if kind == INT32:
        value: int = struct.unpack("<i", struct.pack("<f", field))[0]
        return value
    return field


# Others name no target: another component's PARAM_VALUE, forwarded, is no business of ours.
_FOR_VEHICLES = frozenset(("PARAM_REQUEST_LIST", "PARAM_REQUEST_READ", "PARAM_SET"))


class ParameterEndpoint:
    """The parameter protocol on one link; `receive` and `tick` return what goes out on it."""

    def __init__(self, store: ParameterStore, *, own: Address) -> None:
        self._store = store
        self._own = own
        self._list: Iterator[Send] | None = None
        self._list_began_s = 0.0
        self._list_sent = 0

    @property
    def busy(self) -> bool:
        """Whether a list is being sent."""
        return self._list is not None

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer PARAM_REQUEST_LIST, PARAM_REQUEST_READ and PARAM_SET."""
        if message.name not in _FOR_VEHICLES:
            return []
        if message.target_system not in (self._own.system_id, 0):
            return []
        if message.name == "PARAM_REQUEST_LIST":
            self._list, self._list_began_s, self._list_sent = self._whole_list(), now_s, 0
            return []
        if message.name == "PARAM_REQUEST_READ":
            return [self._read(message)]
        if message.name == "PARAM_SET":
            return [self._set(message)]
        return []

    def tick(self, now_s: float) -> list[Send]:
        """The next stretch of a list that was asked for."""
        if self._list is None:
            return []
        due = int((now_s - self._list_began_s) * SENT_PER_SECOND) - self._list_sent
        sends = [send for _, send in zip(range(due), self._list, strict=False)]
        self._list_sent += len(sends)
        if len(sends) < due:
            self._list = None
        return sends

    def value(self, name: str) -> Send:
        """PARAM_VALUE of one parameter."""
        store = self._store
        value = store.values[name]
        return self._message(name, to_wire(value), store.kind(name), store.index(name))

    def _whole_list(self) -> Iterator[Send]:
        yield self._hash()
        for name in self._store.names:
            yield self.value(name)

    def _hash(self) -> Send:
        wire = struct.unpack("<f", struct.pack("<I", self._store.hash()))[0]
        return self._message(HASH_NAME, wire, UINT32, HASH_INDEX)

    def _message(self, name: str, wire: float, kind: int, index: int) -> Send:
        fields: dict[str, Any] = {
            "param_id": name,
            "param_value": wire,
            "param_type": kind,
            "param_count": len(self._store.names),
            "param_index": index,
        }
        return Send("PARAM_VALUE", fields)

    def _read(self, message: Message) -> Send:
        names, index = self._store.names, message.param_index
        if index >= 0:
            if index < len(names):
                return self.value(names[index])
            return self._error(message, message.param_id, UNKNOWN_NAME)
        if message.param_id == HASH_NAME:
            return self._hash()
        if message.param_id not in self._store.values:
            return self._error(message, message.param_id, UNKNOWN_NAME)
        return self.value(message.param_id)

    def _set(self, message: Message) -> Send:
        name = message.param_id
        if name == HASH_NAME:
            # PX4: the ground station has the list already and wants it no more.
            self._list = None
            return self._error(message, name, READ_ONLY)
        if name not in self._store.values:
            return self._error(message, name, UNKNOWN_NAME)
        if message.param_type not in (INT32, REAL32):
            return self._error(message, name, UNSUPPORTED_TYPE)
        if message.param_type != self._store.kind(name):
            return self._error(message, name, WRONG_TYPE)
        self._store.set(name, from_wire(message.param_value, message.param_type))
        return self.value(name)

    def _error(self, message: Message, name: str, error: int) -> Send:
        fields = {
            "target_system": message.system_id,
            "target_component": message.component_id,
            "param_id": name,
            "param_index": NO_INDEX,
            "error": error,
        }
        return Send("PARAM_ERROR", fields)
