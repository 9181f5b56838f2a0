"""Wire-level stand-ins for devices: they speak the real protocol on the real port, with fault verbs. A driver cannot tell."""
