"""MISB motion imagery metadata: ST 0601 (UAS Datalink), ST 0903 (targets), ST 0102 (security)."""
