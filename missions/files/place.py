"""A place as files name it, or why it is none."""

from missions.geodesy import GeoPoint


def place_at(latitude_deg: float, longitude_deg: float) -> GeoPoint:
    """The place.

    Raises:
        ValueError: it is not on earth; whether the two look swapped.
    """
    try:
        return GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    except ValueError as error:
        swapped = abs(longitude_deg) <= 90.0 < abs(latitude_deg) <= 180.0
        raise ValueError(f"{error}{': swapped?' if swapped else ''}") from error
