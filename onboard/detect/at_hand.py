"""Which model is used where none is told: a known general one that was fetched, else our own.

Our own lies in the package (`weights/`): trained on rendered views only, weaker than published
weights on real pictures (docs/model-card.md), but there without any download.
"""

from pathlib import Path

from onboard.detect.registry import WEIGHTS, beside_or_kept, models_folder

AUTOMATIC = "auto"
OWN = WEIGHTS / "qyran-aerial.onnx"


def model_at_hand(told: str | None) -> Path:
    """The file that is told; without one, or with `auto`, the best that is here."""
    if told is not None and told != AUTOMATIC:
        return Path(told).expanduser()
    return beside_or_kept("general", models_folder()) or OWN
