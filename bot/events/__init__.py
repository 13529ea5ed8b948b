"""Summaries to events; pure functions."""
