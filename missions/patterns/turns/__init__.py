"""Turning with a radius: the shortest ways between courses, and orders that need few of them."""
