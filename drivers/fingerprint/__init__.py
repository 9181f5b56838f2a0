"""Fingerprint readers: drivers for the class FingerprintReader."""
