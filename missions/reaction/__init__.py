"""Reaction: an alarm comes into running plans; who goes, by which way, and how the rest goes on."""
