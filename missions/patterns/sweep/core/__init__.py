"""The sweep's compiled kernels: the order of cells, and a way's points moved until it is quick.

Importing any module of this package but this one imports numba.
"""
