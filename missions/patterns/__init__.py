"""Patrol patterns: each turns a drawn place into a path, and knows nothing of mission items."""
