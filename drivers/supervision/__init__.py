"""How the core keeps a device host alive: its limits, what is known of it, its commands, its output. For drivers.client."""
