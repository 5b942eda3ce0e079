"""The flight brief of one plan, with what was found."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from missions.checks import Finding
from missions.commands.against import Against
from missions.plan import Plan


def brief(
    plan: Plan,
    file: Path,
    against: Against,
    findings: tuple[Finding, ...],
    notes: Sequence[str] = (),
) -> None:
    """Write the brief that `--brief` asks for.

    Raises:
        BadInput: it cannot be written.
    """
    # reportlab is loaded where it is needed.
    from missions.brief import Heading, write_brief

    made_at = datetime.now().astimezone().isoformat(sep=" ", timespec="minutes")
    write_brief(
        plan,
        file,
        heading=Heading(title=file.stem, made_at=made_at),
        vehicle=against.vehicle,
        findings=findings,
        notes=notes,
    )
