"""Card dispensers: drivers for the class CardDispenser."""
