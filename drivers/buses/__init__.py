"""What is plugged in: one file a bus, a process that watches them all, and what a profile writes to say which thing it means."""
