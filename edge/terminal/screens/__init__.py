"""The places that staff go to, one module each."""
