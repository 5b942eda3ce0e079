"""`qyran check --fix`: mend, write, read back, and check what was read."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from missions.checks import Finding
from missions.checks.mend import mend
from missions.checks.mend.situation import Situation
from missions.checks.px4_profile import Px4Profile
from missions.commands.against import Against
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

    @property
    def lines(self) -> list[str]:
        """As a person reads it."""
        if self.out is None:
            return ["nothing could be mended"] if self.findings else []
        return [f"mended: {line}" for line in self.mended]


def written_mended(args: argparse.Namespace, plan: Plan, against: Against) -> Written:
    """The plan mended as far as it can be; a file is written if anything was.

    Raises:
        BadInput: `--out` names a format that is not known or cannot be written.
    """
    situation = Situation(
        vehicle=against.vehicle,
        profile=against.profile or Px4Profile(),
        terrain=against.terrain,
        surroundings=against.surroundings,
        camera=against.camera,
    )
    mended = mend(plan, against.findings, situation)
    if not mended.said:
        return Written(plan=plan, findings=mended.findings)
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
