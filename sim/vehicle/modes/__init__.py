"""Flight modes beyond holding a place, and the plain requests that ask for them."""
