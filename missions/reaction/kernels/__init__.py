"""The compiled part of a reaction: ways round zones, routes, and the search among them.

Importing any module of this package but this one imports numba.
"""
