"""The shelf at the side: tables, repositories, search, migrations."""
