"""Home and docks as the arguments say them."""

import math
from argparse import Namespace

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


def asked_docks(args: Namespace) -> list[Home]:
    """`--docks`, else `--home` as the only one, else none.

    Raises:
        BadInput: one of them is no place.
    """
    if args.docks is None:
        home = asked_home(args.home)
        return [] if home is None else [home]
    found = []
    for part in args.docks.split(";"):
        try:
            home = asked_home(part.strip())
        except BadInput as error:
            raise BadInput(where="--docks", what=error.what) from error
        if home is not None:
            found.append(home)
    return found
