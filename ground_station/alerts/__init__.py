"""What the hub makes of events: alerts, where they are, and what people may do to them."""
