"""The lines that several drivers share, with bounded waits, and faults instead of exceptions."""
