"""What anybody on the LAN may ask of a node, and what is refused them."""
