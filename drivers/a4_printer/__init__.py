"""A4 printers: one page, one job, and never a claim beyond what was sensed."""
