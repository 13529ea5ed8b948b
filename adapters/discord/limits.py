"""Discord's limits as named numbers, as its documentation gave them in August 2026."""

from __future__ import annotations

MESSAGE_TEXT = 4000
"""Characters over all text displays of one message with Components V2."""
MESSAGE_COMPONENTS = 40
ROW_BUTTONS = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
URL = 512
ALT_TEXT = 1024
SELECT_OPTIONS = 25
SELECT_LABEL = 100
CHOICES = 25
CHOICE = 100
MODAL_TITLE = 45
MODAL_LABEL = 45
TEXT_INPUT = 4000
NONCE = 25
THREAD_NAME = 100
FORUM_TAGS_APPLIED = 5
FORUM_TAGS = 20
FIRST_ANSWER_SECONDS = 3.0
COMPONENTS_V2 = 1 << 15
