"""Payments and the receipt that settles an order."""
