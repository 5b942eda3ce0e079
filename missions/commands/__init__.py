"""The commands `qyran plan`, `qyran check` and `qyran convert`: options, what they do and say.

Modules named `..._options` are loaded whenever help is asked for, so they import nothing heavy; add
an option to the group that it belongs to there, and read it where the command acts on it.
"""
