"""The conformance kit: one suite for emulator and real hardware, and its dated, signed report."""
