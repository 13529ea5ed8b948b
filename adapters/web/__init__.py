"""The web door: health, Slack and Discord over HTTP, the evidence page."""
