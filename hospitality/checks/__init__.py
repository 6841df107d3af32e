"""A party's running account: orders with their payments, read together and changed together."""
