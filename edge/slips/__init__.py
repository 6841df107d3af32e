"""The print queue in a browser: what waits for which printer, and what staff decide about it."""
