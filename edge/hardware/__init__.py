"""Scanners, bump bars and their like: which there are, a thread for each, and what they say on its way to a terminal."""

from edge.hardware.hardware import Hardware

__all__ = ["Hardware"]
