"""The staff's app in a terminal: it talks to the property's node over HTTP and /ws like any other client."""
