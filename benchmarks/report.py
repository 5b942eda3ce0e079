"""What a benchmark found: tables with notes, as Markdown for a person or JSON for a program."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.machine import Machine
from missions.errors import Refusal

Value = str | int | float | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that share their columns, in the order of the first row's keys."""

    rows: Sequence[Row]
    title: str = ""

    def as_markdown(self) -> str:
        """A table that reads as text too."""
        names = list(self.rows[0])
        cells = [names, *([_text(row[name]) for name in names] for row in self.rows)]
        widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
        right = [not isinstance(self.rows[0][name], str) for name in names]
        lines = ["| " + " | ".join(map(_aligned, line, widths, right)) + " |" for line in cells]
        rule = "|" + "|".join(map(_rule, widths, right)) + "|"
        head = [f"{self.title}:", ""] if self.title else []
        return "\n".join([*head, lines[0], rule, *lines[1:]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of one benchmark. `notes` say what was measured and what was left out."""

    name: str
    machine: Machine
    tables: Sequence[Table]
    notes: Sequence[str] = field(default=())

    def as_markdown(self, *, load_at_end: float) -> str:
        """The machine, the tables and the notes."""
        parts = [self.machine.line(load_at_end=load_at_end)]
        parts += [table.as_markdown() for table in self.tables]
        return "\n\n".join([*parts, "\n".join(f"- {note}" for note in self.notes)]).rstrip()

    def as_json(self) -> dict[str, Any]:
        """The same as data."""
        return {
            "benchmark": self.name,
            "machine": self.machine.as_json(),
            "tables": [{"title": table.title, "rows": list(table.rows)} for table in self.tables],
            "notes": list(self.notes),
        }


Measure = Callable[[argparse.Namespace], Report]
AddArguments = Callable[[argparse.ArgumentParser], None]


def told(what: str) -> None:
    """Progress, beside the outcome."""
    print(what, file=sys.stderr, flush=True)


def run(name: str, about: str, add_arguments: AddArguments, measure: Measure) -> int:
    """The command line of one benchmark: 0, or 1 or 2 with one line that says why not."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout")
    add_arguments(parser)
    arguments = parser.parse_args()
    try:
        report = measure(arguments)
    except Refusal as refusal:
        print(f"benchmarks.{name}: {refusal}", file=sys.stderr)
        return refusal.exit_status
    if arguments.json:
        print(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
    else:
        print(report.as_markdown(load_at_end=Machine.now().load))
    return 0


def _text(value: Value) -> str:
    if value is None:
        return "-"
    if not isinstance(value, float) or value == 0.0:
        return f"{value:g}" if isinstance(value, float) else str(value)
    size = abs(value)
    if size >= 1000.0:
        return f"{value:,.0f}"
    places = 0 if size >= 100.0 else 1 if size >= 10.0 else 2 if size >= 1.0 else 3
    return f"{value:.{places}f}"


def _aligned(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _rule(width: int, right: bool) -> str:
    return "-" * (width + 1) + (":" if right else "-")
