"""Effects that must outlive a visit: printing, its settlement after a restart, and what must reach the platform."""
