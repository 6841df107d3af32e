"""Who works here, what they may do, and how a screen and a person prove themselves at the node."""
