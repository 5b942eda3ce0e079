"""The text of a CSV file as tables programs save it, and the angles that people write into it.

Excel saves "CSV UTF-8" with a byte order mark, "Unicode text" as UTF-16, and its plain "CSV" in the
code page of the machine: in Kazakhstan windows-1251. That one is taken only where the header then
names a latitude and a longitude in Cyrillic letters: anything else would be a guess.
"""

import codecs
import re

from missions.errors import BadInput
from missions.files.located import not_utf8

CYRILLIC = "windows-1251"
# The letters of the Kazakh alphabet that it lacks are lost before we see them.
NAMES_A_PLACE = re.compile("широта|ендік", re.IGNORECASE)
HEADER_BYTES = 4096
# A hemisphere before or behind an angle: N, or in Russian as the north of a width.
BEFORE = re.compile(r"^([NSEW])\s*", re.IGNORECASE)
BEHIND = re.compile(r"\s*(?:([NSEW])|([сю])\.?\s?ш\.?|([вз])\.?\s?д\.?)$", re.IGNORECASE)
SOUTH_OR_WEST = frozenset("swюз")
MARKS = str.maketrans(dict.fromkeys("°º'′’\"″”", " "))
LONGEST = 40


def text_of_csv(content: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    """The text, and what is to be said of how it was read.

    Raises:
        BadInput: it is in no encoding that can be told.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise BadInput(where=file, what=f"not UTF-16 at byte {error.start}") from error
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        if NAMES_A_PLACE.search(content[:HEADER_BYTES].decode(CYRILLIC, "replace")):
            note = f"read as {CYRILLIC}: save it as UTF-8 to keep the Kazakh letters"
            return content.decode(CYRILLIC, "replace"), (note,)
        raise BadInput(where=file, what=not_utf8(error.start)) from error


def angle_deg(text: str) -> float:
    """Degrees from a cell: a number, or degrees, minutes and seconds with a hemisphere.

    Raises:
        ValueError: it is neither.
    """
    try:
        return float(text)
    except ValueError:
        if len(text) > LONGEST:
            raise
    said = text.strip()
    before, behind = BEFORE.search(said), BEHIND.search(said)
    if before and behind:
        raise ValueError(f"{text} is no angle")
    side = before or behind
    letter = "" if side is None else next(one for one in side.groups() if one).lower()
    said = BEHIND.sub("", BEFORE.sub("", said))
    degrees, *parts = (float(part) for part in said.translate(MARKS).split() or ("",))
    if len(parts) > 2 or not all(0.0 <= part < 60.0 for part in parts):
        raise ValueError(f"{text} is no angle")
    size = abs(degrees) + sum(part / 60.0**power for power, part in enumerate(parts, start=1))
    negative = said.startswith("-") != (letter in SOUTH_OR_WEST)
    return -size if negative else size
