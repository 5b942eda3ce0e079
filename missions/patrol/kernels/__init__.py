"""Compiled searches and bounds for patrols. Importing this package imports numba: a second."""
