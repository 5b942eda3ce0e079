"""A plan as a picture: map, path, findings and heights on one sheet."""

from missions.picture.sheet import Drawn, write_picture

__all__ = ["Drawn", "write_picture"]
