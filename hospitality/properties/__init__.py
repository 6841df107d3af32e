"""Organisations, their properties and each property's business days."""
