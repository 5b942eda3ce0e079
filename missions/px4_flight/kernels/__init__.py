"""The compiled part of predicting a flight. Importing any other module here imports numba."""
