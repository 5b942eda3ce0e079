"""Home as the arguments say it."""

import math

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Home


def asked_home(text: str | None) -> Home | None:
    """The home of LAT,LON[,AMSL]; its height is NaN where nobody said it.

    Raises:
        BadInput: it is not that.
    """
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) not in (2, 3):
            raise ValueError(f"{len(numbers)} numbers instead of 2 or 3")
        latitude, longitude, *height = numbers
        position = GeoPoint(latitude_deg=latitude, longitude_deg=longitude)
    except ValueError as error:
        raise BadInput(where="--home", what=f"{text!r} is not LAT,LON[,AMSL]: {error}") from error
    return Home(position=position, height=HeightAmsl(height[0] if height else math.nan))
