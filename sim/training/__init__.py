"""Views that teach a detector, and the training of it: nothing but what the renderer here makes."""
