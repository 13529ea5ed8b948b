"""Which client speaks to a workspace: one for all with a token from the environment, else each workspace's own."""

from __future__ import annotations

from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.budget import Budget


class Clients(Protocol):
    """Gives the client of a workspace."""

    async def of(self, tenant: str) -> AsyncWebClient:
        """The client of "slack:<team>"; raises `Undeliverable` where the app is not installed there."""
        ...


class BudgetedClient(AsyncWebClient):
    """A client whose calls wait for their turn in the budget of their method and workspace.

    It repeats nothing by itself: a request that is repeated without our knowledge could post twice.
    """

    def __init__(self, *, token: str, base_url: str, budget: Budget, team: str = "") -> None:
        super().__init__(token=token, base_url=base_url, timeout=10, retry_handlers=[])
        self._budget = budget
        self._team = team

    async def api_call(self, api_method: str, **given: Any) -> Any:
        """Wait for the turn, then call."""
        await self._budget.turn(self._team, api_method)
        return await super().api_call(api_method, **given)


class OneClient:
    """The same client for every workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def of(self, tenant: str) -> AsyncWebClient:
        """See `Clients.of`."""
        del tenant
        return self._client
