"""Mending what was found, as far as that leaves the mission what it is for."""

from missions.checks.mend.mend import Mended, mend

__all__ = ["Mended", "mend"]
