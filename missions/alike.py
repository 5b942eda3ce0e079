"""Findings that say the same of many places, together: a person reads each kind once."""

from collections.abc import Sequence

from missions.checks.finding import Finding


def alike(findings: Sequence[Finding]) -> list[tuple[Finding, ...]]:
    """Findings by severity and rule, each group where its first one stood."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.severity.value, one.rule), []).append(one)
    return [tuple(group) for group in groups.values()]


def some(group: tuple[Finding, ...], most: int = 12) -> list[Finding]:
    """A few of many findings, evenly: a map of all of them would show nothing else."""
    if len(group) <= most:
        return list(group)
    return [group[round(i * (len(group) - 1) / (most - 1))] for i in range(most)]
