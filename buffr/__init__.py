"""The command line, the demo and the replay of orders; nothing imports it."""
