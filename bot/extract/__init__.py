"""Text to summary; pure functions, no I/O but loading the weights once."""
