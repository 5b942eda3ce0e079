"""From names and files to a detector: the model, the second one for steep views, the settings."""

from dataclasses import dataclass
from pathlib import Path

from onboard.detect.class_map import class_map
from onboard.detect.model import Model
from onboard.detect.registry import beside_or_kept
from onboard.detect.search import Search, SearchSettings
from onboard.detect.steep import SteepView

AUTOMATIC, NONE = "auto", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`steep_model` is a file, none, or auto: a known one that lies beside `model` or is kept."""

    model: Path
    settings: SearchSettings
    classes: str | None = None
    threads: int = 1
    backend: str = "auto"
    steep_model: str = AUTOMATIC


def open_search(wanted: Wanted) -> Search:
    """The detector, checked.

    Raises:
        BadInput: a file is no model, a class map is wrong, or the model does not run at the size.
    """
    model = _model(wanted, wanted.model, wanted.classes, wanted.settings.size_px)
    second = _second(wanted)
    steep = None
    if second is not None:
        steep = SteepView(_model(wanted, second, None, None))
    return Search(model, wanted.settings, steep=steep)


def _model(
    wanted: Wanted, file: Path, classes: str | None, size_px: tuple[int, int] | None
) -> Model:
    return Model(
        file,
        classes=class_map(classes, file),
        size_px=size_px,
        threads=wanted.threads,
        backend=wanted.backend,
    )


def _second(wanted: Wanted) -> Path | None:
    if wanted.steep_model == NONE:
        return None
    if wanted.steep_model != AUTOMATIC:
        return Path(wanted.steep_model).expanduser()
    found = beside_or_kept("steep", wanted.model.parent)
    return None if found is None or found.stem == wanted.model.stem else found
