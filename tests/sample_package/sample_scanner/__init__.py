"""Two drivers for kiosk-runtime: a network code scanner, and one that only pretends."""
