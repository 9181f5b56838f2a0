"""Whether this kiosk serves now, and what of it: opening hours, what staff have paused, and how the last starts went.

said.py      hours and moments as a visitor reads them
pauses.py    an item, a device or the whole kiosk, out of service until a time
start.py     a start that does not finish is not repeated for ever
serving.py   what serves now, as the lobby, the precheck and the devices ask for it
shut_screen.py   what the whole kiosk shows while it serves nobody
"""
