"""The hardware layer: any brand of any device class, one supervised process a device. Knows nothing of the kiosk."""
