"""Runs every benchmark, each in a process of its own, and writes one section of Markdown."""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.report import told
from missions.errors import Refusal, place_of

QUICK = (
    "mavlink_decode",
    "mavlink_dispatch",
    "simulated_vehicle",
    "simulated_camera",
    "onboard_frame",
    "hub_ingest",
    "sweep_areas",
)
LONG = ("demo",)


def main() -> int:
    """0; 1 where a benchmark could not be run, which the section then says; 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--all", action="store_true", help="the demo too, which takes minutes")
    parser.add_argument("--out", type=Path, metavar="FILE", help="instead of stdout")
    arguments = parser.parse_args()
    names = QUICK + (LONG if arguments.all else ())
    sections = [_section(name) for name in names]
    text = "\n\n".join(["## Measured", *(text for text, _ in sections)]) + "\n"
    try:
        _write(text, arguments.out)
    except Refusal as refusal:
        print(f"benchmarks: {refusal}", file=sys.stderr)
        return refusal.exit_status
    return 0 if all(done for _, done in sections) else 1


def _section(name: str) -> tuple[str, bool]:
    """A benchmark's section, and whether there was a measurement."""
    told(f"== {name}")
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    ended = subprocess.run(command, capture_output=True, text=True)
    last = (ended.stderr.strip().splitlines() or ["it printed nothing"])[-1]
    done = ended.returncode == 0
    body = ended.stdout.strip() if done else f"Not measured: {last}"
    return f"### {name}\n`python -m benchmarks.{name}`\n\n{body}", done


def _write(text: str, out: Path | None) -> None:
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise place_of(error, str(out)) from error


if __name__ == "__main__":
    sys.exit(main())
