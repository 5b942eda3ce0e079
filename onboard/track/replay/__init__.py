"""Following recorded detections, as `qyran track` does."""
