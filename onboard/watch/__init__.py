"""What watches over the aircraft's own process: its state, clock, camera and memory."""
