"""`qyran check --fix`: mend, write, read back, and check what was read."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from missions.checks import Finding
from missions.checks.mend import mend
from missions.checks.mend.mend import Mended
from missions.commands.against import Against
from missions.commands.sorties import WrittenSorties, is_too_long, situation_of, written_sorties
from missions.errors import BadInput
from missions.files import read_plan, write_plan
from missions.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The plan that holds from now on, what is wrong with it, and what was done, in lines."""

    plan: Plan
    findings: tuple[Finding, ...]
    mended: tuple[str, ...] = ()
    out: str | None = None
    sorties: WrittenSorties | None = None

    @property
    def lines(self) -> list[str]:
        """As a person reads it."""
        flights = [] if self.sorties is None else self.sorties.lines
        if self.out is None:
            return flights or (["nothing could be mended"] if self.findings else [])
        return [*(f"mended: {line}" for line in self.mended), *flights]


def written_mended(args: argparse.Namespace, plan: Plan, against: Against) -> Written:
    """The plan mended as far as it can be; a file is written if anything was.

    Raises:
        BadInput: `--out` names a format that is not known or cannot be written.
    """
    mended = mend(plan, against.findings, situation_of(against))
    if is_too_long(mended.findings):
        return _split(args, mended, against)
    if not mended.said:
        return Written(plan=plan, findings=mended.findings)
    return _whole(args, mended, against)


def _whole(args: argparse.Namespace, mended: Mended, against: Against) -> Written:
    out = _out(args)
    lost = write_plan(mended.plan, out)
    # What is flown is what stands in the file.
    back = read_plan(out)
    notes = tuple(f"not written: {one}" for one in lost)
    return Written(
        plan=back,
        findings=against.findings(back),
        mended=(*mended.said, *notes),
        out=str(out),
    )


def _split(args: argparse.Namespace, mended: Mended, against: Against) -> Written:
    """One plan for each battery; the whole one, mended otherwise, where that cannot be."""
    sorties = written_sorties(mended.plan, _out(args), against)
    if not sorties.flights:
        whole = _whole(args, mended, against) if mended.said else None
        return replace(
            whole or Written(plan=mended.plan, findings=mended.findings), sorties=sorties
        )
    said = f"split into {len(sorties.flights)} flights: one battery is not enough for it"
    return Written(
        plan=sorties.flights[0].plan,
        findings=sorties.findings,
        mended=(*mended.said, said),
        out=", ".join(str(one.file) for one in sorties.flights),
        sorties=sorties,
    )


def _out(args: argparse.Namespace) -> Path:
    if args.out:
        return Path(args.out)
    plan = Path(args.plan)
    return plan.with_name(f"{plan.stem}-mended{plan.suffix}")


def refuse_out_alone(args: argparse.Namespace) -> None:
    """`--out` says where a mended plan goes, and nothing else.

    Raises:
        BadInput: it is given without `--fix`.
    """
    if args.out and not args.fix:
        raise BadInput(where="--out", what="is for --fix: nothing else is written")
