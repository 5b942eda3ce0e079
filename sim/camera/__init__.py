"""What a gimballed drone camera sees of the simulated world."""
