"""Persistent patrol: who visits which place, how often and when, and how far that is from best.

`site` and `site_file` say what is to be patrolled, `planner` plans it, `bound` says what nobody can
beat, `rhythm` makes it impossible to learn, and `graph_file` reads the graphs it is measured on.
"""
