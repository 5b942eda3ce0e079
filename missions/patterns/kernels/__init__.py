"""Kernels that several patterns use."""
