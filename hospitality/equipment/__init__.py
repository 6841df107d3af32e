"""What a property has on its counters and at its passes: devices, and how each is, as its node tells."""
