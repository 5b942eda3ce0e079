"""The DJI aircraft that a flight is written for."""

from missions.errors import BadInput
from missions.files.wpml_document import DjiModel
from missions.files.wpml_write import MODELS


def asked_dji(name: str | None) -> DjiModel | None:
    """The model by its name; None leaves the choice to the file's writer, which says so.

    Raises:
        BadInput: no such model is known.
    """
    if name is None or name in MODELS:
        return MODELS.get(name or "")
    raise BadInput(where="--dji", what=f"{name!r} is not one of {', '.join(MODELS)}")
