"""How a command says what it did: lines for a person, or one JSON object."""

import argparse
import json
import sys
from typing import Any

from missions.alike import alike
from missions.checks import Finding, Severity

SHOWN_OF_A_RULE = 4


def say(
    args: argparse.Namespace,
    said: dict[str, Any],
    findings: tuple[Finding, ...],
    lines: list[str],
) -> int:
    """Print what was done and found; the exit status, 1 where a finding is an error."""
    if args.json:
        written = {**said, "findings": [_finding(one) for one in findings]}
        json.dump(written, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print("\n".join([*lines, *_told(findings)]))
    return int(any(one.severity is Severity.ERROR for one in findings))


def _told(findings: tuple[Finding, ...]) -> list[str]:
    """The findings, of each rule the first few."""
    lines = []
    for group in alike(findings):
        lines += [_line(one) for one in group[:SHOWN_OF_A_RULE]]
        if (more := len(group) - SHOWN_OF_A_RULE) > 0:
            lines.append(f"{group[0].severity.value} {group[0].rule}: {more} more like it (--json)")
    return lines


def _finding(one: Finding) -> dict[str, Any]:
    place = one.place
    return {
        "severity": one.severity.value,
        "rule": one.rule,
        "item": one.item,
        "place": [place.latitude_deg, place.longitude_deg] if place else None,
        "message": one.message,
        "proposal": one.proposal,
    }


def _line(one: Finding) -> str:
    where = f" at {one.place.latitude_deg:.6f},{one.place.longitude_deg:.6f}" if one.place else ""
    return f"{one.severity.value} {one.rule}{where}: {one.message}; {one.proposal}"
