"""How bytes reach vehicles: link addresses and the sockets behind them."""
