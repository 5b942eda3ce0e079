"""`qyran fly`: one plan, one vehicle, from the file to the end of the flight."""
