"""`buffr sync …`: what an operator sees and does about sync, at either end."""
