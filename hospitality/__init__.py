"""The business of hospitality, the same at a property and at head office: one folder a trade above `ground`."""
