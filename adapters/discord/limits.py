"""Discord's limits as named numbers, as its documentation gave them in August 2026."""

from __future__ import annotations

MESSAGE_TEXT = 4000
"""Characters over all text displays of one message with Components V2."""
MESSAGE_COMPONENTS = 40
ROW_BUTTONS = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
URL = 512
MEDIA_URL = 2048
ALT_TEXT = 1024
SELECT_OPTIONS = 25
SELECT_LABEL = 100
SELECT_DESCRIPTION = 100
PLACEHOLDER = 150
CHOICES = 25
CHOICE = 100
COMMAND_NAME = 32
DESCRIPTION = 100
COMMAND_OPTIONS = 25
COMMAND_CHARACTERS = 8000
"""Names, descriptions and values of a command with all that is in it, each in its longest language."""
ATTACHED = 1_000_000
"""Bytes of a file that is given to a command (ours, not Discord's)."""
TEXT_FILE = 20_000
"""Bytes of an attached text that are read (ours, not Discord's)."""
COMMAND_FILE = 1_000_000
"""Bytes of a file that comes with a command (ours)."""
MODAL_TITLE = 45
MODAL_FIELDS = 5
MODAL_LABEL = 45
TEXT_INPUT = 4000
NONCE = 25
THREAD_NAME = 100
FORUM_TAGS_APPLIED = 5
FORUM_TAGS = 20
FORUM_TAG = 20
"""Characters of a tag's name."""
FIRST_ANSWER_SECONDS = 3.0
COMPONENTS_V2 = 1 << 15
