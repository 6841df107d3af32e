"""What can be sold: stations, taxes, categories, items, and the choices that go with them."""
