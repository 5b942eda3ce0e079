"""Compiled kernels of turns: the order of passes, and the lengths of ways between them."""
