"""The hub: takes in what aircraft say, makes alerts of it, and serves people and programs."""
