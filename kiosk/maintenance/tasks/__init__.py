"""What the staff do at the machine, one file a task."""
