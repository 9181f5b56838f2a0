"""What everyone shares: device classes, capabilities, status, faults, messages, and personal data as a type."""
