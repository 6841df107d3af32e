"""What sync could not decide to everybody's content: conflicts and what was set aside, and what people do about them."""
