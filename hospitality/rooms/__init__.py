"""The rooms of a property as they are described; who stays in them is a trade to come."""
