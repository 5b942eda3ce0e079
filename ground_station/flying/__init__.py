"""Flying one vehicle: each command is a transaction that ends when it is seen to be done."""
