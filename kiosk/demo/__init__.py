"""`kiosk demo`: the emulated world around the kiosk, a visitor that touches the real window, and what is left to look at."""
