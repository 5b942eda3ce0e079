"""What things cost: each module runs by itself, `python -m benchmarks.NAME [--json]`."""
