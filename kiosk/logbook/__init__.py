"""The logbook: what the machine remembers of itself (faults, refills, self-tests, pauses). Never anything of a visitor.

Beside the journal, not in it: the journal must be written before an effect, and a kiosk without it stands still. The logbook is
for those who keep the machine; when it cannot be written, visitors are served all the same.
"""
