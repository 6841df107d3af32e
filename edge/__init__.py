"""A property's node: hosts hospitality on SQLite for the LAN, drives devices, runs the sync client, serves screens."""
