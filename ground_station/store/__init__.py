"""What the hub keeps: an append-only record and the present state that follows from it.

SQLite on one machine (WAL, an fsync a commit); the same tables are meant for PostgreSQL.
"""
