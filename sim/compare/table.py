"""The table that a person reads: one row a gate, and what was learnt of the set-up."""

from collections.abc import Sequence

from sim.compare.comparison import Comparison
from sim.compare.gates import Row

HEADINGS = ("figure", "PX4", "ours", "difference", "gate", "")
RATE = "rate of "
WIDEST = 72


def table(comparison: Comparison, *, all_streams: bool) -> str:
    """The rows as text; of stream rates only those that fail, unless all are wanted."""
    rows = list(comparison.rows)
    shown = [
        row for row in rows if all_streams or not row.figure.startswith(RATE) or not row.passed
    ]
    lines = [f"{name}: {source}" for name, source in comparison.learnt.items()]
    cells = [HEADINGS, *(_cells(row) for row in shown)]
    widths = [min(max(len(line[c]) for line in cells), WIDEST) for c in range(len(HEADINGS))]
    lines += ["", *("  ".join(_padded(line, widths)).rstrip() for line in cells), ""]
    if not all_streams:
        lines.append(_of_streams(rows))
    failed = sum(not row.passed for row in rows)
    lines.append(
        f"{len(rows)} gates, {failed} failed" if failed else f"{len(rows)} gates, all passed"
    )
    return "\n".join(lines)


def as_json(comparison: Comparison) -> dict[str, object]:
    """The same for a program."""
    return {
        "passed": comparison.passed,
        "learnt": comparison.learnt,
        "gates": [
            {
                "figure": row.figure,
                "px4": row.px4,
                "ours": row.ours,
                "difference": row.difference,
                "gate": row.gate,
                "passed": row.passed,
            }
            for row in comparison.rows
        ],
    }


def _of_streams(rows: Sequence[Row]) -> str:
    rates = [row for row in rows if row.figure.startswith(RATE)]
    good = sum(row.passed for row in rates)
    return f"stream rates: {good} of {len(rates)} within 5 % (--streams shows all)"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.figure,
        _cell(row.px4),
        _cell(row.ours),
        "" if row.difference is None else f"{row.difference:.3f}",
        row.gate,
        "pass" if row.passed else "FAIL",
    )


def _cell(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.2f}"


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
