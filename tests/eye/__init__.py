"""Bytes of every template as emupos reads them: an ESC/POS printer by others, which shares no code with ours.

emupos needs Python 3.13. Where this Python has none, what it read is kept in `readings.json`, each beside the digest of
the bytes that it was given: `make eye` writes it anew in an environment of its own, and the test sees when the bytes are
others by now.
"""
