"""The outside world to reports."""
