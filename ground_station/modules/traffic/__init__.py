"""Road events, under the names that traffic centres know (DATEX II v3.7)."""
