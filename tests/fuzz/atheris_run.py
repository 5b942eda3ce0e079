"""Coverage-guided fuzzing of one target: `python tests/fuzz/atheris_run.py TARGET [libFuzzer's]`.

    python tests/fuzz/atheris_run.py decoder -runs=2000000 -max_len=600 corpus/decoder

Wants the extra `fuzz` (atheris). Not a test: `tests/fuzz/test_*.py` drive the same targets.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(
    include=["onboard.mavlink", "ground_station.vehicles.state", "ground_station.recording"]
):
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
