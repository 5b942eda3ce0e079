"""City cameras: where they stand and which of them can look at a place."""
