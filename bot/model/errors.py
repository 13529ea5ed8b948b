"""The one family of errors: what happened, to what, and what to do about it."""

from __future__ import annotations


class SitrepError(Exception):
    """Anything that Sitrep reports to a person; `str()` is one line: what happened, to what, what to do.

    Attributes:
        message: what happened, without a full stop.
        subject: what it happened to (an address, a file, a setting's name); never a secret.
        hint: what the reader can do about it.
    """

    def __init__(self, message: str, *, subject: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.hint = hint

    def __str__(self) -> str:
        """One line, in the order message, subject, hint."""
        told = f"{self.message}: {self.subject}" if self.subject else self.message
        return f"{told} ({self.hint})" if self.hint else told


class SettingsError(SitrepError):
    """A setting is missing, misspelt or of the wrong kind."""


class InputError(SitrepError):
    """A line or file handed to Sitrep is not what the contract says."""


class SourceError(SitrepError):
    """A feed, page or folder could not be read.

    Attributes:
        health: the key of the health state that the source is put in ("http_4xx", "not_a_feed", …).
        retry_after: seconds that the other side asked us to wait, where it did.
    """

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        hint: str = "",
        health: str = "failing",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, subject=subject, hint=hint)
        self.health = health
        self.retry_after = retry_after


class AddressRefused(SourceError):
    """The guard does not let this address be asked; `rule` names the rule, never the address behind the name."""

    def __init__(self, rule: str, *, subject: str) -> None:
        super().__init__(
            f"this address may not be asked ({rule})",
            subject=subject,
            hint="give a public http(s) address",
            health="refused",
        )
        self.rule = rule


class ExtractError(SitrepError):
    """A text could not be turned into a summary."""


class WorkError(SitrepError):
    """A worker process overran its time or memory, or died."""


class StoreError(SitrepError):
    """The database refused, is locked, full, too old or too new."""


class CommandError(SitrepError):
    """A command was misspelt, lacks an option, or is not this person's to give.

    Attributes:
        suggestions: the nearest commands, as words that can be sent as they are.
    """

    def __init__(self, message: str, *, subject: str = "", hint: str = "", suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message, subject=subject, hint=hint)
        self.suggestions = suggestions


class NotAllowed(CommandError):
    """The person has no right to give this command; the message says who has."""


class DeliveryError(SitrepError):
    """A card could not be posted."""


class TryLater(DeliveryError):
    """The platform asks for patience, or failed in passing.

    Attributes:
        retry_after: seconds that the platform asked for; 0 where it failed without a word about them.
        wide: it is the platform as a whole that does not answer, or asks for patience, and not one place on it.
        unsure: the card may have got through all the same.
    """

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        hint: str = "",
        retry_after: float = 0.0,
        wide: bool = False,
        unsure: bool = False,
    ) -> None:
        super().__init__(message, subject=subject, hint=hint)
        self.retry_after = retry_after
        self.wide = wide
        self.unsure = unsure


class Undeliverable(DeliveryError):
    """The destination is gone or closed to us for good: deleted, archived, kicked, or a permission is missing."""


class EditRefused(DeliveryError):
    """The posted card can no longer be edited (deleted, too old, edit limit); a note has to be posted instead."""
