"""Incidents: what people make of alerts."""
