"""Service items (事项) and licence types as data: what can be done here, what it needs, how long it takes."""
