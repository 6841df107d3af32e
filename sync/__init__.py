"""Moves rows between nodes and one hub: capture, clock, merge rules, wire, the node's client and the hub.

Knows tables, rows and rules, and nothing of what they mean. See DESIGN.md beside this file.
"""
