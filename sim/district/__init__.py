"""An invented district of Kyzylorda: its map, its cameras and its patrols, from a seed."""
