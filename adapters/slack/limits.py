"""Slack's limits as named numbers, as its documentation gave them in August 2026."""

from __future__ import annotations

MESSAGE_BLOCKS = 50
MESSAGE_CHARACTERS = 12_000
"""All blocks together; Slack refuses at about 13,200 and documents no number."""
SECTION_TEXT = 3000
HEADER = 150
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 2000
ACTIONS = 25
PROMPT_TITLE = 70
"""Characters of a suggested prompt (ours: as many as can be read on a button)."""
CONFIRM_TEXT = 300
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
BUTTON_URL = 3000
ACTION_ID = 255
FALLBACK_TEXT = 4000
ACK_SECONDS = 3.0
MODAL_TITLE = 24
"""Characters of a modal's title, submit and close."""
MODAL_BLOCKS = 100
"""Blocks of a modal and of the Home."""
OPTIONS = 100
"""Options of a select."""
OPTION_TEXT = 75
OPTION_VALUE = 150
PRIVATE_METADATA = 3000
ALT_TEXT = 2000
UPLOAD_ALT = 1000
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 8000
"""All cells together; Slack takes 10,000."""
