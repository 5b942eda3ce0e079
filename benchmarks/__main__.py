"""Runs benchmarks, each in a process of its own, and writes one section of Markdown."""

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
    "simulated_fleet",
    "simulated_camera",
    "onboard_frame",
    "onboard_geolocation",
    "onboard_detection",
    "onboard_tracking",
    "hub_ingest",
    "sweep_areas",
    "patrol_graphs",
    "fence_points",
)
LONG = (
    *("onboard_rules", "onboard_counting", "onboard_link", "onboard_latency", "onboard_resources"),
    *("verified_upload", "demo", "flight_times", "fleet_split", "reaction", "checked_missions"),
    "simulated_verdicts",
)
BESIDE_PX4 = (
    *("simulated_vehicle", "simulated_fleet", "flight_times", "checked_missions"),
    "simulated_verdicts",
)


def main() -> int:
    """0; 1 where a benchmark could not be run, which the section then says; 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(QUICK + LONG)}; default: the quick"
    )
    parser.add_argument(
        "--all", action="store_true", help=f"{' and '.join(LONG)} too, which take minutes"
    )
    parser.add_argument(
        "--px4", metavar="PATH", help=f"a PX4 build to run beside {' and '.join(BESIDE_PX4)}"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="instead of stdout")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - {*QUICK, *LONG}
    if unknown:
        parser.error(f"no benchmark {min(unknown)}; there are: {', '.join(QUICK + LONG)}")
    names = arguments.names or QUICK + (LONG if arguments.all else ())
    sections = [_section(name, px4=arguments.px4) for name in names]
    text = "\n\n".join(["## Measured", *(text for text, _ in sections)]) + "\n"
    try:
        _write(text, arguments.out)
    except Refusal as refusal:
        print(f"benchmarks: {refusal}", file=sys.stderr)
        return refusal.exit_status
    return 0 if all(done for _, done in sections) else 1


def _section(name: str, *, px4: str | None) -> tuple[str, bool]:
    """A benchmark's section, and whether there was a measurement."""
    told(f"== {name}")
    beside = [] if px4 is None or name not in BESIDE_PX4 else ["--px4", px4]
    command = [sys.executable, "-m", f"benchmarks.{name}", *beside]
    ended = subprocess.run(command, capture_output=True, text=True)
    last = (ended.stderr.strip().splitlines() or ["it printed nothing"])[-1]
    done = ended.returncode == 0
    body = ended.stdout.strip() if done else f"Not measured: {last}"
    shown = f"python -m benchmarks.{name}{' --px4 PATH' if beside else ''}"
    return f"### {name}\n`{shown}`\n\n{body}", done


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
