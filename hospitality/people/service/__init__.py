"""The verbs of people: accounts, PINs, sessions and terminals."""
