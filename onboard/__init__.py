"""What an aircraft sees and says, and the two contracts that it shares with all others."""
