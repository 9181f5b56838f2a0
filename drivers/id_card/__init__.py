"""Drivers for readers of the second-generation resident ID card and the residence permits of the same shape."""
