"""The verbs that end a stretch of trade."""
