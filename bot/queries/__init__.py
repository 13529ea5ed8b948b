"""A question to a card."""
