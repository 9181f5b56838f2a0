"""Document cameras: a sheet on the desk, straightened."""
