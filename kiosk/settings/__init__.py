"""The files that people write: a site (one place), a profile (one kiosk model). Every mistake is told with file, key and cure."""
