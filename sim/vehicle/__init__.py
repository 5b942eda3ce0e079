"""A multirotor that behaves like PX4 on the wire and in the air."""
