"""The camera, traffic and incident modules: ports, each with a useful built-in behind it."""
