"""How PX4 guides a wing from place to place, as a track that is flown in a wind."""
