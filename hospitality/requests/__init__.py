"""What head office wants of a thing that the property alone writes: asked as a row, answered by acting on it."""
