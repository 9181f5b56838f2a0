"""Judging a run by what the far ends captured, with parsers of its own: nothing of the kiosk or the drivers is imported."""
