"""Coverage-guided fuzzing of one target: `python tests/fuzz/atheris_run.py TARGET [libFuzzer's]`.

    python tests/fuzz/atheris_run.py decoder -runs=2000000 -max_len=600 corpus/decoder

Wants the extra `fuzz` (atheris). Not a test: `tests/fuzz/test_*.py` drive the same targets.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# What the bytes are to get around in; all else runs several times as fast without being watched.
WATCHED = {
    "mission_endpoint": ["onboard.mavlink.mission_transfer"],
    "parameter_endpoint": ["sim.vehicle.parameters"],
    "verified_upload": [
        "onboard.mavlink.mission_transfer",
        "ground_station.vehicles.plan_on_board",
        "ground_station.vehicles.upload",
    ],
    "missed_events": ["ground_station.vehicles.missed_events"],
    "ftp": ["sim.vehicle.wire"],
}
ALL = ["onboard.mavlink", "ground_station.recording", "ground_station.vehicles.state"]

with atheris.instrument_imports(include=WATCHED.get(sys.argv[1] if sys.argv[1:] else "", ALL)):
    from harnesses import HARNESSES


def main() -> int:
    """Fuzz until libFuzzer's own limits end it."""
    if len(sys.argv) < 2 or sys.argv[1] not in HARNESSES:
        print(f"usage: {sys.argv[0]} {{{','.join(HARNESSES)}}} [options]", file=sys.stderr)
        return 2
    target = HARNESSES[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
