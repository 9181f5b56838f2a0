"""Drivers of input and output modules: locks, lights, contacts, presence."""
