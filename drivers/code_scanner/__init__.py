"""Code scanners: the bytes of a code that a visitor holds before the machine."""
