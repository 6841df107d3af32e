"""How guests take their receipt along beside the paper: by a link behind a QR code."""
