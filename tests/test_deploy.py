"""The forms in which the bot is served differ in nothing but form. None of them is run here: their syntax is checked."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import read_settings

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
PORT = 8080


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def environment() -> dict[str, str]:
    lines = (line for line in read("sitrep.env.example").splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load(read("compose.yml"))["services"]["sitrep"]


@pytest.fixture
def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    parser.read_string(read("sitrep.service"))
    return parser


@pytest.fixture
def pod() -> dict[str, Any]:
    kinds = {each["kind"]: each for each in yaml.safe_load_all(read("kubernetes.yml"))}
    assert kinds["Service"]["spec"]["selector"] == kinds["Deployment"]["spec"]["selector"]["matchLabels"]
    return kinds["Deployment"]["spec"]["template"]["spec"]


def test_the_settings_are_right_and_name_the_port_that_is_opened() -> None:
    settings = read_settings(DEPLOY / "sitrep.toml", environment())
    assert settings.web.port == PORT and settings.log.format == "json"


def test_every_secret_that_the_bot_reads_is_named_in_the_example_and_none_besides() -> None:
    from bot.settings import _TOKENS

    named = set(environment()) - {"SITREP_DATABASE_URL"}
    assert named == set(_TOKENS.values())
    assert not any(value for name, value in environment().items() if name in _TOKENS.values())


def test_all_forms_start_the_same_command_with_the_same_settings(
    compose: dict[str, Any], unit: configparser.ConfigParser, pod: dict[str, Any]
) -> None:
    entry = re.search(r'ENTRYPOINT \["(.*)"\]', read("Dockerfile"))
    assert entry is not None
    words = entry.group(1).split('", "')
    assert [*words, *compose["command"]] == unit["Service"]["ExecStart"].replace("/opt/sitrep/bin/", "").split()
    assert pod["containers"][0]["args"] == compose["command"]
    settings = words[-1]
    assert f"./sitrep.toml:{settings}:ro" in compose["volumes"]
    mounts = {mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    assert str(Path(settings).parent) in mounts and "/var/lib/sitrep" in mounts


def test_none_runs_as_root_or_writes_outside_of_its_data(
    compose: dict[str, Any], unit: configparser.ConfigParser, pod: dict[str, Any]
) -> None:
    container = pod["containers"][0]["securityContext"]
    assert re.search(r"^USER 10001$", read("Dockerfile"), re.MULTILINE)
    assert compose["user"] == "10001:10001" and compose["read_only"] is True and compose["cap_drop"] == ["ALL"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001
    assert container["readOnlyRootFilesystem"] and not container["allowPrivilegeEscalation"]
    service = unit["Service"]
    assert service["DynamicUser"] == "yes" and service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "sitrep" and service["NoNewPrivileges"] == "yes"


def test_all_forms_look_whether_it_lives_and_give_it_time_to_end(
    compose: dict[str, Any], unit: configparser.ConfigParser, pod: dict[str, Any]
) -> None:
    assert f":{PORT}/healthz" in read("Dockerfile")
    container = pod["containers"][0]
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["ports"][0]["containerPort"] == PORT
    assert compose["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert pod["terminationGracePeriodSeconds"] == int(unit["Service"]["TimeoutStopSec"]) == 30
    assert compose["stop_grace_period"] == "30s"


class Overriding(yaml.SafeLoader):
    """Reads what compose's own tags stand before: `!override` takes the place of what was there, `!reset` removes it."""


for tag in ("!override", "!reset"):
    Overriding.add_constructor(tag, lambda loader, node: loader.construct_sequence(node))


def test_several_nodes_are_the_one_node_several_times_on_a_database_for_all(
    compose: dict[str, Any], unit: configparser.ConfigParser, pod: dict[str, Any]
) -> None:
    services = yaml.load(read("compose.nodes.yml"), Loader=Overriding)["services"]
    more = services["sitrep"]
    kinds = {each["kind"]: each for each in yaml.safe_load_all(read("kubernetes.nodes.yml"))}
    spec = kinds["Deployment"]["spec"]
    assert more["deploy"]["replicas"] == spec["replicas"] == 3
    # Nothing but where the data is differs from the node that has it to itself.
    assert set(more) == {"environment", "deploy", "ports", "volumes", "tmpfs", "depends_on"}
    assert more["volumes"] == [mount for mount in compose["volumes"] if mount.endswith(":ro")]
    shared = spec["template"]["spec"]
    (ours,) = [volume for volume in shared["volumes"] if volume["name"] == "data"]
    assert ours == {"name": "data", "emptyDir": {}}
    assert {**shared, "volumes": 0} == {**pod, "volumes": 0}
    assert kinds["Service"] == {each["kind"]: each for each in yaml.safe_load_all(read("kubernetes.yml"))}["Service"]
    assert set(more["environment"]) <= set(environment()) and more["environment"]["SITREP_DATABASE_URL"].startswith(
        "postgresql+psycopg://"
    )
    assert int(more["ports"][0].rpartition(":")[2]) == PORT
    assert spec["strategy"]["type"] == "RollingUpdate"  # one after the other: the others go on


def test_the_image_installs_by_hash() -> None:
    assert "--require-hashes -r requirements/run.lock" in read("Dockerfile")
    assert "://" not in re.sub(r"http://127\.0\.0\.1\S*", "", read("Dockerfile"))
