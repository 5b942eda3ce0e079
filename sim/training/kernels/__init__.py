"""What is compiled of the training renderer."""
