"""ReliefWeb's API (version 2) as it is published: fields, order, number, and nothing without an approved `appname`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

APPNAME = "sitrep-test"


def report(number: int, title: str, body: str, *, created: str, source: str, shortname: str = "") -> dict[str, Any]:
    """A report with all the fields that are asked for, and some that are not."""
    return {
        "id": number,
        "title": title,
        "body": body,
        "status": "published",
        "date": {"created": created, "changed": created, "original": created[:10] + "T00:00:00+00:00"},
        "source": [
            {"href": f"https://api.example/v2/sources/{number}", "id": 7, "name": source, "shortname": shortname}
        ],
        "language": [{"id": 267, "name": "English", "code": "en"}],
        "country": [{"id": 220, "name": "Sudan", "iso3": "sdn", "primary": True}],
        "url": f"https://reliefweb.example/node/{number}",
        "url_alias": f"https://reliefweb.example/report/sudan/{number}",
    }


def reports_api(held: Callable[[], Sequence[dict[str, Any]]]) -> Callable[[web.Request], Any]:
    """Answers `/v2/reports` from the reports that are held; by default ten of them with their titles alone."""

    async def play(request: web.Request) -> web.StreamResponse:
        asked = request.query
        if asked.get("appname") != APPNAME:
            error = {"type": "AccessDeniedException", "message": "You are not using an approved appname."}
            return web.json_response({"status": 403, "error": error}, status=403)
        words = asked.get("query[value]", "").casefold()
        found = [one for one in held() if words in f"{one['title']} {one['body']}".casefold()]
        if "date.created:desc" in asked.getall("sort[]", []):
            found.sort(key=lambda one: one["date"]["created"], reverse=True)
        shown = found[: int(asked.get("limit", 10))]
        names = asked.getall("fields[include][]", ["title"])
        data = [
            {
                "id": str(one["id"]),
                "score": 1,
                "fields": {name.split(".")[0]: _some(one, name.split(".")[0], names) for name in names},
                "href": f"https://api.example/v2/reports/{one['id']}",
            }
            for one in shown
        ]
        links = {"self": {"href": str(request.url)}}
        return web.json_response(
            {"time": 4, "href": str(request.url), "links": links, "took": 3, "totalCount": len(found), "count": len(data), "data": data}
        )  # fmt: skip

    return play


def _some(one: dict[str, Any], field: str, names: Sequence[str]) -> Any:
    """A field, or those parts of it that are named (`date.created`)."""
    parts = {name.split(".")[1] for name in names if name.startswith(f"{field}.")}
    value = one[field]
    if not parts:
        return value
    if isinstance(value, list):
        return [{part: each[part] for part in parts if part in each} for each in value]
    return {part: value[part] for part in parts if part in value}
