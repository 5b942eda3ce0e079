"""`qyran demo`: a district patrolled end to end by real processes, and judged against the truth.

Nothing of the hub, the aircraft's process or the simulation is imported here: they are started by
their command lines, spoken to over HTTP, and judged by the files they leave.
"""
