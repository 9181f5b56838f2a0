"""The runtime of a self-service government terminal: one person's visit, from the card on the reader to the paper in hand."""

__version__ = "0.1.0"
