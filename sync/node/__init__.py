"""A node's side of the engine: its outbox, its cursors, and the two loops that talk to the hub."""
