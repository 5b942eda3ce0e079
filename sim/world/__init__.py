"""A world of people, vehicles and animals that move by a seed."""
