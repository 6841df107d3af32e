"""Guests before they sit: who waits, who has reserved, what table they might get and when, and what they left as deposit."""
