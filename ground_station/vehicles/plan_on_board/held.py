"""What a vehicle holds: its fence, rally points and mission, ready to be sent again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from struct import Struct
from typing import Any

from missions.plan import Plan
from onboard.mavlink.codec import Message
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem, wire_of

# The fence first, so that the mission is judged with its own.
ORDER = (MissionType.FENCE, MissionType.RALLY, MissionType.MISSION)
_ITEM = Struct("<BHBBffffiif")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """What one MISSION_CURRENT says: the three hashes, the item flown and PX4's verdict."""

    mission: int
    fence: int
    rally: int
    state: int
    seq: int = 0

    @classmethod
    def of(cls, message: Message) -> "PlanReport":
        """The report in a MISSION_CURRENT."""
        return cls(
            mission=message["mission_id"],
            fence=message["fence_id"],
            rally=message["rally_points_id"],
            state=message["mission_state"],
            seq=message["seq"],
        )

    def hash(self, kind: MissionType) -> int:
        """The hash of one part; 0 where the vehicle has none."""
        value: int = getattr(self, kind.name.lower())
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPart:
    """One part as it can be sent; `reported` is the hash under which the vehicle had it.

    PX4 does not give an item back as it was sent. `exact` says that these items are those that were
    sent, so that the vehicle will report the same hash again; else they are equal in meaning and
    have a hash of their own.
    """

    kind: MissionType
    items: tuple[WireItem, ...]
    reported: int

    @property
    def hash(self) -> int:
        """What the vehicle reports once these items have been sent."""
        return items_hash(self.items)

    @property
    def exact(self) -> bool:
        """Whether the items are, bit by bit, what was sent."""
        return self.hash == self.reported

    def on_board(self, report: PlanReport) -> bool:
        """Whether the vehicle reports this part."""
        return report.hash(self.kind) in (self.hash, self.reported)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPlan:
    """All three parts, in the order in which they are sent."""

    parts: tuple[HeldPart, ...]

    @property
    def size(self) -> int:
        """How many items all parts have."""
        return sum(len(part.items) for part in self.parts)

    def part(self, kind: MissionType) -> HeldPart:
        """One of them."""
        return next(part for part in self.parts if part.kind is kind)

    def going_on_at(self, seq: int) -> "HeldPlan":
        """The same, with the mission's item `seq` flagged current: there PX4 goes on."""
        return HeldPlan(parts=tuple(_flagged(part, seq) for part in self.parts))

    def as_json(self) -> list[dict[str, Any]]:
        """Items as packed bytes: NaN and float32 survive as they are."""
        return [
            {
                "kind": part.kind.name,
                "reported": part.reported,
                "items": [_packed(item).hex() for item in part.items],
            }
            for part in self.parts
        ]


def held_from_json(data: Iterable[dict[str, Any]]) -> HeldPlan:
    """What `as_json` wrote. Raises KeyError or ValueError where it is something else."""
    return HeldPlan(
        parts=tuple(
            HeldPart(
                kind=MissionType[each["kind"]],
                reported=int(each["reported"]),
                items=tuple(_unpacked(bytes.fromhex(item)) for item in each["items"]),
            )
            for each in data
        )
    )


def held_from_plan(plan: Plan) -> HeldPlan:
    """The plan as it will be held once it has been sent."""
    return HeldPlan(parts=tuple(_sent(kind, wire_of(plan, kind)) for kind in ORDER))


def _sent(kind: MissionType, items: tuple[WireItem, ...]) -> HeldPart:
    return HeldPart(kind=kind, items=items, reported=items_hash(items))


def _flagged(part: HeldPart, seq: int) -> HeldPart:
    if part.kind is not MissionType.MISSION:
        return part
    seq = seq if seq < len(part.items) else 0
    items = tuple(replace(item, current=int(index == seq)) for index, item in enumerate(part.items))
    return replace(part, items=items)


def _packed(item: WireItem) -> bytes:
    return _ITEM.pack(*(getattr(item, name) for name in WireItem.__slots__))


def _unpacked(data: bytes) -> WireItem:
    if len(data) != _ITEM.size:
        raise ValueError(f"an item of {len(data)} bytes")
    return WireItem(**dict(zip(WireItem.__slots__, _ITEM.unpack(data), strict=True)))
