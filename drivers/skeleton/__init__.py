"""The beginning of a driver package: templates of every file, and the writer that fills them in (`kiosk drivers new`)."""
