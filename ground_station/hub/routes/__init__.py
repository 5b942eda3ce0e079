"""The HTTP and WebSocket routes, by what they are about."""
