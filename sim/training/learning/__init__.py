"""Learning from views: wants PyTorch, which the extra `train` brings (pip install qyran[train])."""
