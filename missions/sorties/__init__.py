"""One plan that a battery does not last for, as several that it does."""
