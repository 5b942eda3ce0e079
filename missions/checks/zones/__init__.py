"""Many points against many polygons, compiled: the grid, and the kernel that looks points up in it.

Importing any module of this package but this one imports numba.
"""
