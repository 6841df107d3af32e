"""The end of a day's trade: drawers are counted, figures read at any time, days closed and reported for good."""
