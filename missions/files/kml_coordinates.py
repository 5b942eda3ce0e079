"""KML tuples of `longitude,latitude[,height]`, and those that are written with decimal commas."""

import re
from collections.abc import Sequence

from missions.files.place import place_at
from missions.geodesy import GeoPoint

NOT_A_PLACE = "is not longitude,latitude"
DECIMAL_COMMAS = "write decimal points, not commas"
WHOLE = re.compile(r"[+-]?\d+")
# `65,5 44,85`: a longitude and a latitude, parted by a space.
WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
# Read as whole degrees such places lie so much farther apart, and by more than a degree.
FARTHER = 10.0


def place_and_height(parts: Sequence[str]) -> tuple[GeoPoint, float]:
    """The place and the height, 0 without one, of a tuple that has been cut into its numbers.

    Raises:
        ValueError: there are too few or too many, one is no number, or the place is not on earth.
    """
    if not 2 <= len(parts) <= 3:
        commas = len(parts) > 3 and all(WHOLE.fullmatch(part.strip()) for part in parts)
        reason = f": {DECIMAL_COMMAS}" if commas else ""
        raise ValueError(f"{len(parts)} number{'s' * (len(parts) != 1)}{reason}")
    try:
        longitude, latitude, height = (*map(float, parts), 0.0)[:3]
    except ValueError as error:
        commas = any(WITH_COMMA.fullmatch(part.strip()) for part in parts)
        raise ValueError(DECIMAL_COMMAS if commas else "") from error
    return place_at(latitude, longitude), height


def has_decimal_commas(words: Sequence[str]) -> bool:
    """Whether tuples of whole numbers are longitudes and latitudes in turn, with decimal commas.

    As such they are one drawing; as whole degrees they lie all over the earth.
    """
    if len(words) < 4 or len(words) % 2 or not all(map(WITH_COMMA.fullmatch, words)):
        return False
    numbers = [float(word.replace(",", ".")) for word in words]
    whole = [float(number) for word in words for number in word.split(",")]
    apart = _span(whole)
    return apart > 1.0 and apart > FARTHER * _span(numbers)


def _span(numbers: Sequence[float]) -> float:
    return max(max(axis) - min(axis) for axis in (numbers[::2], numbers[1::2]))
