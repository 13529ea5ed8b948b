"""What kind of happening words tell of: "earthquake", "strike", …"""

from __future__ import annotations

from bot.model.word_kinds import WordKinds

HAPPENINGS: WordKinds[str] = WordKinds(
    (
        ("earthquake", r"earthquake|quake"),
        ("flood", r"flood|dam (?:burst|collapse)"),
        ("storm", r"cyclone|hurricane|typhoon|tornado"),
        ("accident", r"derail|crash|collision|collid|capsiz|stampede|ramm"),
        ("kidnapping", r"kidnap|abduct|hostage"),
        ("strike", r"missile|air ?strike|drone|shell(?:ing|ed)|bomb|rocket|artillery"),
        ("shooting", r"gunm[ae]n|shot dead|shooting|opened fire"),
        ("clash", r"clash|fighting|battle|offensive|ambush"),
        ("ceasefire", r"ceasefire|cease-fire|truce"),
    )
)
KINDS = HAPPENINGS.kinds
"""What an event can be told to be; "" where the words do not tell."""
