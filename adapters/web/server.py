"""The web door: says whether the bot is well, and takes Slack's requests where there is no socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.model.errors import SettingsError, SitrepError
from bot.model.finding import Finding
from bot.settings import WebSettings

log = structlog.get_logger()

Measure = Callable[[], Awaitable[bytes]]
Examine = Callable[[], Awaitable[Sequence[Finding]]]


class WebDoor:
    """A small server on `settings.host` and `settings.port`.

    `examine` looks whether all is well, `measure` gives the metrics.
    """

    def __init__(
        self,
        settings: WebSettings,
        *,
        routes: Sequence[web.RouteDef] = (),
        examine: Examine | None = None,
        measure: Measure | None = None,
    ) -> None:
        self._settings = settings
        self._examine = examine
        self._measure = measure
        app = web.Application(client_max_size=256 * 1024)
        own = [("/healthz", self._alive), ("/readyz", self._ready), ("/metrics", self._measured)]
        app.add_routes([*(web.get(path, handler) for path, handler in own), *routes])
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
        """Everything that the bot needs is well; what only wants a look some time does not count."""
        del request
        try:
            found = await self._examine() if self._examine is not None else ()
        except SitrepError as error:
            found = (Finding("database", "wrong", str(error)),)
        wrong = [f"{one.area}: {one.told}" + f" ({one.hint})" * bool(one.hint) for one in found if one.level == "wrong"]
        return web.json_response({"ready": not wrong, "wrong": wrong}, status=503 if wrong else 200)

    async def _measured(self, request: web.Request) -> web.Response:
        """What is counted and timed, in Prometheus' text form."""
        del request
        if self._measure is None:
            return web.Response(status=404)
        try:
            return web.Response(body=await self._measure(), headers={"Content-Type": CONTENT_TYPE_LATEST})
        except SitrepError as error:
            return web.Response(status=503, text=str(error))
