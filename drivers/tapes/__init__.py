"""Tapes: what crossed a device's wire, kept without personal data, and played back as a device that a driver can open.

record   stands between a driver and its device (`record`); what it keeps goes through a scrubber first (`scrub`, `scrub_sdt`)
tape     the file: JSON lines
replay   an emulator that answers from a tape
"""
