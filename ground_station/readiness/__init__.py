"""Before flight: whether a vehicle is ready, and what it will do when something goes wrong."""
