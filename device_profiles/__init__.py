"""One file a kiosk model: its devices, their drivers, its panel."""
