"""What the program is made of: pinned by hash, under licences that we know, in a wheel that works by itself."""

from __future__ import annotations

import hashlib
import json
import os
import re
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from bot import VERSION

ROOT = Path(__file__).resolve().parents[1]
LOCKS = [ROOT / "requirements" / name for name in ("run.lock", "dev.lock")]


def run(*words: str | Path, cwd: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        input=given,
        env=plain | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_hash_and_by_no_address(lock: Path) -> None:
    words = lock.read_text(encoding="utf-8")
    assert not re.search(r"://|--(?:extra-)?index|--find-links", words)
    pinned = re.split(r"\n(?=\S)", words.strip())
    assert len(pinned) > 20
    for package in pinned:
        assert re.match(r"[a-zA-Z0-9._-]+(?:\[[^]]+\])?==\S+", package), package.splitlines()[0]
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_the_licences_of_all_packages_we_run_with_are_known() -> None:
    known = {
        line.strip()
        for line in (ROOT / "requirements" / "licences.txt").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    }
    ours = {
        line.partition("==")[0].lower()
        for line in LOCKS[0].read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith(" ")
    }
    listed = run(sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", cwd=ROOT)
    found = {entry["Name"].lower().replace("_", "-"): entry["License"] for entry in json.loads(listed.stdout)}
    assert len(ours & found.keys()) > 40
    unknown = {name: stated for name in ours & found.keys() if not _known(stated := found[name], known)}
    assert unknown == {}


def _known(stated: str, known: set[str]) -> bool:
    """Whether a licence, or each part of an expression of licences (one of an OR), is known."""
    if "Redistribution and use in source and binary forms" in stated:  # the whole text of the BSD licence
        stated = "BSD License"
    ways = [[stated], *([part.strip(" ()") for part in way.split(" AND ")] for way in stated.split(" OR "))]
    return any(all(part in known for part in way) for way in ways)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    (made,) = place.glob("*.whl")
    return made


def test_the_wheel_is_the_same_each_time_it_is_built(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=ROOT)
    (again,) = tmp_path.glob("*.whl")
    assert again.name == wheel.name == f"sitrep-{VERSION}-py3-none-any.whl"
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_the_wheel_runs_outside_of_a_checkout(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, which borrows only the libraries from this one."""
    home = tmp_path / "env"
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    packages = next((home / "lib").glob("python*")) / "site-packages"
    # Named from within a .pth, a folder's own .pth files (such as a checkout's) are not read.
    (packages / "borrowed.pth").write_text(next(path for path in site.getsitepackages() if "site-packages" in path))
    installed = run("uv", "pip", "install", "--no-deps", "--offline", "--python", python, wheel, cwd=tmp_path,
                    PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    sitrep = home / "bin" / "sitrep"
    assert VERSION in run(sitrep, "--version", cwd=tmp_path).stdout
    where = run(python, "-c", "import bot, adapters; print(bot.__file__, adapters.__file__)", cwd=tmp_path).stdout
    assert str(ROOT) not in where and str(home) in where
    report = {"id": "r", "text": "The ministry said two soldiers were wounded near the bridge on Tuesday."}
    told = run(sitrep, "extract", cwd=tmp_path, given=json.dumps(report) + "\n")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["casualties"][0]["min"] == 2
    demo = run(sitrep, "demo", cwd=tmp_path)
    assert demo.returncode == 0, demo.stderr
    assert "Karabakh" in demo.stdout
