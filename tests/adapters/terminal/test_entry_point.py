"""The command as the Makefile installs it: its worker processes import it again, and must not start it anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = Path(sys.executable).parent / "sitrep"


@pytest.mark.skipif(not ENTRY.is_file(), reason="the environment was not set up by the Makefile")
def test_the_installed_command_runs_the_demo_with_worker_processes(tmp_path: Path) -> None:
    demo = subprocess.run([ENTRY, "demo"], capture_output=True, text=True, cwd=tmp_path, timeout=240, check=False)
    assert demo.returncode == 0, demo.stderr
    assert "Karabakh" in demo.stdout
    assert "Traceback" not in demo.stderr


@pytest.mark.skipif(not ENTRY.is_file(), reason="the environment was not set up by the Makefile")
def test_a_demo_that_nobody_reads_on_ends_without_a_word(tmp_path: Path) -> None:
    with subprocess.Popen([ENTRY, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as demo:
        assert demo.stdout is not None and demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        demo.wait(60)
        assert b"Traceback" not in demo.stderr.read()
