"""Licence types as data: one TOML file each, read by `kiosk.licences.types`."""
