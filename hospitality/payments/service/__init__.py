"""The verbs on money: taking it, giving it back, and asking a card terminal for it."""
