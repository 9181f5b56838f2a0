"""The steps of a visit, one file a step, and the table that joins them. Steps name what is asked; they never draw."""
