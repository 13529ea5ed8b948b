"""The doors of Sitrep: Discord, Slack, the terminal and the web, and the one place that assembles them."""
