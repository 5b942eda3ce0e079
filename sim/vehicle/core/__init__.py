"""The flight core: compiled kernels over arrays, for one vehicle or for a whole fleet at once."""
