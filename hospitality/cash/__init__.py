"""Cash drawers: who opened one with which float, and what went in and out beside sales."""
