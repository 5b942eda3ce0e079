"""MPEG transport streams (ITU-T H.222.0) with metadata in them, as MISB ST 1402 has it."""
