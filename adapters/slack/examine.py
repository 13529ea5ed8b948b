"""Whether Slack accepts the token, gives the scopes that are needed, and shares our idea of the time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.scopes import SCOPES
from bot.model.finding import Finding

_MOST_SKEW = 120.0
"""Seconds; Slack's requests are refused from five minutes on."""


async def examine_slack(client: AsyncWebClient) -> tuple[Finding, ...]:
    """Ask Slack who we are; raises nothing that Slack or the network may answer."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        told = f"Slack refuses the token ({error.response.get('error')})"
        return (Finding("slack", "wrong", told, "SLACK_BOT_TOKEN: copy it anew from OAuth & Permissions"),)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return (Finding("slack", "wrong", f"Slack cannot be reached ({type(error).__name__})", "check the network"),)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    found = [Finding("slack", "ok", f"connected as {answer.get('user')} in {answer.get('team')}")]
    if given := {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip()}:
        if missing := sorted(SCOPES.keys() - given):
            hint = "add them under OAuth & Permissions and install the app again"
            found.append(Finding("slack", "wrong", f"scopes are missing: {', '.join(missing)}", hint))
        else:
            found.append(Finding("slack", "ok", "all scopes are given"))
    if told_at := headers.get("date"):
        skew = abs((datetime.now(UTC) - parsedate_to_datetime(told_at)).total_seconds())
        if skew > _MOST_SKEW:
            told = f"this machine and Slack differ by {skew:.0f} s"
            found.append(Finding("clock", "wrong", told, "set the machine's clock (NTP)"))
    return tuple(found)
