"""The bench page, for demo and test profiles only: what is on the screen (`GET /screen`), and the emulators' controls."""
