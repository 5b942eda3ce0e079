"""The patrol executive: what an aircraft decides by itself while it flies a mission.

`Executive` is a pure core; `chart` holds its statechart as data, `drawing` pictures of it.
"""
