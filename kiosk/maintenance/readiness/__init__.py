"""Is this machine ready? What it tests of itself, what it says of itself, and what it hands over to whoever repairs it from afar.

parts.py       the tests of the machine's own parts: disk, clock, platform, chain, fonts, face engine, voice, certificate, ...
selftest.py    a run over parts and devices: dated, kept, and a task once for what failed
night.py       such a run each night, while nobody is there
report.py      the readiness report, one value: ready, limited, not ready or unknown, with the date of the last test
paper.py, glass.py, compact.py     the same value as PDF, on the screen, and as a signed text for a QR code
task.py        the staff's screens
"""
