"""A bridge for DroneKit scripts: MAVLink as ArduPilot and old clients speak it, to PX4 and back.

DroneKit uploads by MISSION_REQUEST and MISSION_ITEM with float coordinates, which PX4 no longer
speaks, counts the home position as item 0, asks for GUIDED and AUTO by ArduPilot's numbers, and
goes to a place by a mission item flagged `current = 2`. The bridge stands between, says each of
these to the vehicle as PX4 has it, and passes everything else through.
"""
