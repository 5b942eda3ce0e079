"""A plan held against what lies round it: wind, link, people, privacy, airspace, other flights."""
