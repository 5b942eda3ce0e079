"""A plan that one battery does not last for, written as the sorties that it does."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from missions.checks import Finding
from missions.checks.finding import warning
from missions.checks.mend import mend
from missions.checks.mend.situation import Situation
from missions.checks.px4_profile import Px4Profile
from missions.commands.against import Against
from missions.errors import Failed
from missions.files import read_plan, write_plan
from missions.files.wpml_document import DjiModel
from missions.plan import Plan
from missions.plan_time import plan_time_s
from missions.sorties.by_battery import TOO_LONG, split_by_battery
from missions.told_times import in_minutes, rounded_s


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSortie:
    """One flight of several: its file, its plan as read back, what is wrong with it."""

    file: Path
    plan: Plan
    flight_s: float
    findings: tuple[Finding, ...]

    def said(self) -> dict[str, Any]:
        """For JSON."""
        items = len(self.plan.items)
        return {"out": str(self.file), "items": items, "flight_s": rounded_s(self.flight_s)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSorties:
    """All flights in their order; `why_not` says why there are none where one is not enough."""

    flights: tuple[WrittenSortie, ...] = ()
    notes: tuple[str, ...] = ()
    why_not: str | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with any of them."""
        return tuple(dict.fromkeys(one for flight in self.flights for one in flight.findings))

    @property
    def lines(self) -> list[str]:
        """As a person reads it."""
        if self.why_not is not None:
            return [self.why_not]
        count = len(self.flights)
        return [
            *(
                f"{one.file}: flight {i} of {count}, {len(one.plan.items)} items, "
                f"{in_minutes(one.flight_s)}"
                for i, one in enumerate(self.flights, 1)
            ),
            *self.notes,
        ]


def is_too_long(findings: tuple[Finding, ...]) -> bool:
    """Whether one battery is not enough."""
    return any(one.rule in TOO_LONG for one in findings)


def written_sorties(
    plan: Plan, out: Path, against: Against, *, dji: DjiModel | None = None
) -> WrittenSorties:
    """Write FILE-1, FILE-2, ...: each takes off, goes on where the one before stopped, returns.

    Raises:
        BadInput: a file cannot be written.
    """
    situation = situation_of(against)
    try:
        sorties = split_by_battery(plan, situation)
    except Failed as failure:
        return WrittenSorties(why_not=str(failure))
    flights, lost = [], list[str]()
    for number, one in enumerate(sorties.plans, 1):
        file = out.with_name(f"{out.stem}-{number}{out.suffix}")
        mended = mend(one, against.findings, situation)
        lost += write_plan(mended.plan, file, dji=dji)
        # What is flown is what stands in the file.
        back = read_plan(file) if file.suffix.lower() == ".plan" else mended.plan
        same = _same(back, mended.plan)
        flights.append(
            _flight(back, file, against, mended.findings if same else against.findings(back))
        )
    return WrittenSorties(
        flights=tuple(flights), notes=(*sorties.notes, *tuple(dict.fromkeys(lost)))
    )


def _same(one: Plan, other: Plan) -> bool:
    """Whether two plans say the same, but for notes."""
    return replace(one, notes=()) == replace(other, notes=()) and one.made_for == other.made_for


def _flight(
    plan: Plan, file: Path, against: Against, findings: tuple[Finding, ...]
) -> WrittenSortie:
    wind = against.surroundings.wind if against.surroundings is not None else None
    seconds = plan_time_s(plan, against.vehicle, *([wind] if wind is not None else []))
    told = tuple(replace(one, message=f"{file.name}: {one.message}") for one in findings)
    return WrittenSortie(file=file, plan=plan, flight_s=seconds, findings=told)


def situation_of(against: Against) -> Situation:
    """What a mender works with."""
    return Situation(
        vehicle=against.vehicle,
        profile=Px4Profile.of(against.vehicle, against.profile),
        terrain=against.terrain,
        surroundings=against.surroundings,
        camera=against.camera,
    )


def instead_of(whole: tuple[Finding, ...], sorties: WrittenSorties) -> tuple[Finding, ...]:
    """What is wrong with the whole plan, its length answered by the sorties."""
    if not sorties.flights:
        return whole
    names = f"{sorties.flights[0].file.name} to {sorties.flights[-1].file.name}"
    what = f"one battery is not enough for the whole: it is split into {len(sorties.flights)}"
    said = warning("split-for-battery", what, f"fly {names} one after the other")
    rest = tuple(one for one in whole if one.rule not in TOO_LONG)
    known = {(one.rule, one.item) for one in rest}
    worse = tuple(one for one in sorties.findings if (one.rule, one.item) not in known)
    return (*rest, *worse, said)
