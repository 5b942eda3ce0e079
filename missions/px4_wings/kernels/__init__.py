"""The compiled part of following a wing. Importing any other module here imports numba."""
