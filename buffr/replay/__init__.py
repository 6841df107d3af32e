"""Plays orders of an export, or of a service of our own making, through an edge's public HTTP API."""
