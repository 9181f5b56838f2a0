"""Where visitors come in and go: one after the other, and the staff between them.

lobby.py      one visit after the other; the one exit chain
idle.py       what stands on the screen while nobody is being served
goodbye.py    the card is taken, thank you
"""

from kiosk.lobby.lobby import ROUTES, Lobby

__all__ = ["ROUTES", "Lobby"]
