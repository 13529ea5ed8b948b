"""Who does a job: processes for parsing and language work."""
