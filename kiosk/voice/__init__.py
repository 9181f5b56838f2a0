"""The kiosk's voice: recorded sentences, a grammar that joins what varies, and a process of its own that plays them."""
