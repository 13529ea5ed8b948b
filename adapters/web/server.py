"""The web door: says whether the bot is well, and takes Slack's requests where there is no socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web

from bot.model.errors import SettingsError, SitrepError
from bot.settings import WebSettings

log = structlog.get_logger()

Ping = Callable[[], Awaitable[None]]


class WebDoor:
    """A small server on `settings.host` and `settings.port`; `pings` raise where something is not well."""

    def __init__(
        self, settings: WebSettings, *, routes: Sequence[web.RouteDef] = (), pings: Sequence[Ping] = ()
    ) -> None:
        self._settings = settings
        self._pings = pings
        app = web.Application(client_max_size=256 * 1024)
        app.add_routes([web.get("/healthz", self._alive), web.get("/readyz", self._ready), *routes])
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self) -> None:
        """Listen; raises `SettingsError` where the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, self._settings.port).start()
        except OSError as error:
            raise SettingsError(
                f"the web door cannot listen ({error.strerror})",
                subject=f"web.port {self._settings.port}",
                hint="choose another port, or 0 to keep the door shut",
            ) from None
        log.info("web_door_opened", host=self._settings.host, port=self._settings.port)

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _alive(self, request: web.Request) -> web.Response:
        """The process answers."""
        del request
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        """Everything that the bot needs answers too."""
        del request
        wrong = []
        for ping in self._pings:
            try:
                await ping()
            except SitrepError as error:
                wrong.append(str(error))
        return web.json_response({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)
