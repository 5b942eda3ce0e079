"""Sizes as people write them: WIDTHxHEIGHT."""

from missions.errors import BadInput


def size_px(text: str) -> tuple[int, int]:
    """Width and height.

    Raises:
        BadInput: it is not two whole numbers with an x between them.
    """
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise BadInput(where=f"--input-size {text}", what="not WIDTHxHEIGHT, such as 1280x736")
    return int(width), int(height)
