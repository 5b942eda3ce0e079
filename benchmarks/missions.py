"""Every figure of planning in one table: the goal, the best known elsewhere, and ours as measured.

Each benchmark runs in a process of its own and keeps what it found in a folder at once; one that
cannot run here says why in its row, and the others go on. With --resume those found in the folder
are not measured again. PX4's verdicts need a build of it: `--px4 PATH`.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import Machine
from benchmarks.mission_figures import FIGURES, Figure, Tables
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import BadInput, place_of

KEPT = Path("build/bench-missions")
BENCHMARKS = tuple(dict.fromkeys(figure.benchmark for figure in FIGURES))
NEEDS_PX4 = ("checked_missions",)
TAKES_PX4 = ("flight_times", "checked_missions")
# Fewer runs of the same: less of what varies by chance is evened out.
QUICK: Mapping[str, Sequence[str]] = {
    "sweep_areas": ("--runs", "1"),
    "patrol_graphs": (),
    "fleet_split": ("--no-pyvrp", "--drones", "2,4,8"),
    "reaction": ("--instances", "5", "--long", "2", "--beside", "0"),
    "fence_points": ("--points", "250000", "--runs", "1"),
    "flight_times": (),
    "checked_missions": ("--count", "100"),
}
INTERRUPTED = "not run: interrupted"
ENDS_WITHIN_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--px4", type=Path, metavar="PATH", help="a PX4 build")
    parser.add_argument(
        "--px4-first", type=int, default=0, help="the first PX4 instance; default %(default)s"
    )
    parser.add_argument("--only", metavar="NAME", help=f"one benchmark of {', '.join(BENCHMARKS)}")
    parser.add_argument(
        "--quick", action="store_true", help="fewer runs of each: half an hour and not two"
    )
    parser.add_argument(
        "--resume", action="store_true", help="do not measure again what the folder holds"
    )
    parser.add_argument(
        "--kept",
        type=Path,
        default=KEPT,
        metavar="FOLDER",
        help="where each benchmark's figures and words are kept; default %(default)s",
    )
    parser.add_argument(
        "--limit-s", type=float, default=3600.0, help="a benchmark, at most; default %(default)g"
    )


def measure(arguments: argparse.Namespace) -> Report:
    """Run every benchmark and read the figures, as many as there are when it is interrupted."""
    machine = Machine.now()
    if arguments.only not in (None, *BENCHMARKS):
        names = ", ".join(BENCHMARKS)
        raise BadInput(where="--only", what=f"{arguments.only!r} is not one of {names}")
    chosen = [name for name in BENCHMARKS if arguments.only in (None, name)]
    found = _all(chosen, arguments)
    figures = [figure for figure in FIGURES if figure.benchmark in chosen]
    rows = [_row(figure, *found[figure.benchmark]) for figure in figures]
    return Report(name="missions", machine=machine, tables=[Table(rows=rows)], notes=_notes())


def _notes() -> list[str]:
    return [
        "CPU seconds of one core. 'Elsewhere' is the best known of public planners and "
        "libraries; `python -m benchmarks.NAME` of the last column prints all that a figure "
        "was read from.",
    ]


def _all(
    chosen: Sequence[str], arguments: argparse.Namespace
) -> dict[str, tuple[Tables | str, str]]:
    """By benchmark: its tables, or why there are none, and when and how it was measured."""
    found: dict[str, tuple[Tables | str, str]] = dict.fromkeys(chosen, (INTERRUPTED, "-"))
    try:
        for name in chosen:
            began_s = time.monotonic()
            found[name] = _one(name, arguments)
            rows = [_row(each, *found[name]) for each in FIGURES if each.benchmark == name]
            told(f"{Table(rows=rows).as_markdown()}\n{time.monotonic() - began_s:.0f} s\n")
    except KeyboardInterrupt:
        told("interrupted: the table as far as it came")
    return found


def _one(name: str, arguments: argparse.Namespace) -> tuple[Tables | str, str]:
    if name in NEEDS_PX4 and arguments.px4 is None:
        return "not run: needs --px4", "-"
    file = arguments.kept / f"{name}{'-quick' if arguments.quick else ''}.json"
    if not (arguments.resume and file.is_file()):
        why = _run(name, _asked(name, arguments), file, arguments.limit_s)
        if why is not None:
            return f"not run: {why}", "-"
    return _kept(file)


def _asked(name: str, arguments: argparse.Namespace) -> list[str]:
    asked = list(QUICK[name]) if arguments.quick else []
    if name in TAKES_PX4 and arguments.px4 is not None:
        asked += ["--px4", str(arguments.px4), "--px4-first", str(arguments.px4_first)]
    return asked


def _run(name: str, asked: Sequence[str], file: Path, limit_s: float) -> str | None:
    """Measure, and keep the outcome in the file and all words beside it; why it could not be."""
    told(f"== {' '.join((name, *asked))}")
    log, part = file.with_suffix(".log"), file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as out, log.open("w", encoding="utf-8") as words:
            command = [sys.executable, "-m", f"benchmarks.{name}", "--json", *asked]
            status = _status(subprocess.Popen(command, stdout=out, stderr=words), limit_s)
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if status == 0:
            part.replace(file)
            return None
    except OSError as error:
        raise place_of(error, str(file)) from error
    if status is None:
        return f"took more than {limit_s:g} s"
    return said[-1] if said else "it printed nothing"


def _status(process: "subprocess.Popen[bytes]", limit_s: float) -> int | None:
    """How it ended; None where it was stopped. It is interrupted first, to stop what it began."""
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _kept(file: Path) -> tuple[Tables | str, str]:
    try:
        tables: Tables = json.loads(file.read_text(encoding="utf-8"))["tables"]
        measured = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"not read: {file}: {type(error).__name__} {error}", "-"
    return tables, f"{measured:%d %b %H:%M}"


def _row(figure: Figure, found: Tables | str, measured: str) -> Row:
    ours, met = (found, "-") if isinstance(found, str) else _read(figure, found)
    return {
        "what": figure.what,
        "goal": figure.goal,
        "elsewhere": figure.elsewhere,
        "ours": ours,
        "met": met,
        "measured, UTC": measured,
        "benchmark": figure.benchmark,
    }


def _read(figure: Figure, found: Tables) -> tuple[str, str]:
    try:
        ours, met = figure.value(found)
    except (KeyError, IndexError, ValueError, TypeError, StopIteration, BadInput) as error:
        return f"not read: {type(error).__name__} {error}", "-"
    return ours, "yes" if met else "no"


if __name__ == "__main__":
    sys.exit(run("missions", __doc__ or "", add_arguments, measure))
