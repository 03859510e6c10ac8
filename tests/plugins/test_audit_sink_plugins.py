"""Audit sinks that other distributions bring: the example, one that fails, and one that hands over the wrong thing."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

AUDIT = "orqo_vault.audit"
EXAMPLE = Path(__file__).parents[2] / "examples" / "audit_sink_plugin"
SETTINGS = """\
version: 1
backends:
  local: {type: encrypted-file, path: store}
credentials:
  github: {name: GitHub, key: GITHUB_TOKEN, category: mcp_service, type: api_token}
"""
ENGINE = """
import sys
from orqo_vault import Vault
with Vault.open("orqo-vault.yaml") as vault:
    vault.put("github", {"token": "ghp_canary"})
with Vault.open("orqo-vault.yaml", operator=sys.argv[1]) as vault:
    print(vault.value("github", "token").reveal())
"""
SINK = """
from orqo_vault.audit import AuditSink
from orqo_vault.markers import hookimpl
class Mine(AuditSink):
    type_name = "mine"
    {body}
@hookimpl
def orqo_vault_audit_sink():
    return Mine
"""


def engine(site: Site, audit: str) -> tuple[int, str, str]:
    """Reveal a secret on a machine whose operator's file says that about audit."""
    (site.folder / "orqo-vault.yaml").write_text(SETTINGS)
    operator = site.folder / "operator.yaml"
    operator.write_text(f"audit: {audit}\n")
    done = site.run("-c", ENGINE, str(operator))
    return done.returncode, done.stdout, done.stderr


def test_a_record_reaches_the_sink_of_the_example(site: Site) -> None:
    site.install(EXAMPLE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(30)
        status, out, err = engine(
            site, f"{{sinks: [{{type: syslog, host: 127.0.0.1, port: {server.getsockname()[1]}}}]}}"
        )
        message = server.recv(65536).decode()

    assert (status, out) == (0, "ghp_canary\n"), err
    record = json.loads(message.partition(" - ")[2])
    assert (record["event"], record["credentials"][0]["id"]) == ("get", "github")
    assert "ghp_canary" not in message


def test_the_example_passes_its_own_tests(site: Site) -> None:
    site.install(EXAMPLE)

    done = site.run("-m", "pytest", "-q", "-pno:cacheprovider", "-pno:xdist", str(EXAMPLE / "tests"))

    assert done.returncode == 0, done.stdout
    assert not re.search(r"skipped|xfailed|deselected", done.stdout)


def test_a_sink_that_crashes_lets_nothing_out_when_closed_and_is_not_quoted(site: Site) -> None:
    body = "def write(self, record): raise RuntimeError('something the plugin saw')"
    site.add("mine", {AUDIT: {"mine": "mine_plugin"}}, mine_plugin=SINK.format(body=body))

    status, out, err = engine(site, "{sinks: [{type: mine}]}")

    assert (status, out) == (1, "")
    assert "audit sink 'mine': RuntimeError in the plugin's own code" in err
    assert "something the plugin saw" not in err


def test_a_sink_that_crashes_is_a_warning_when_open(site: Site) -> None:
    site.add("mine", {AUDIT: {"mine": "mine_plugin"}}, mine_plugin=SINK.format(body="def write(self, record): 1 / 0"))

    status, out, err = engine(site, "{fail_mode: open, sinks: [{type: mine}]}")

    assert (status, out) == (0, "ghp_canary\n")
    assert "not recorded in the audit log: audit sink 'mine': ZeroDivisionError" in err


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SINK.format(body="pass"), "hands over one without write"),
        (SINK.format(body="type_name = 'other'"), "hands over one that is named 'other'"),
        (SINK.replace("class Mine(AuditSink)", "class Mine").format(body="pass"), "hands over no AuditSink class"),
    ],
)
def test_a_plugin_that_hands_over_no_sink_is_named(site: Site, source: str, said: str) -> None:
    site.add("mine", {AUDIT: {"mine": "mine_plugin"}}, mine_plugin=source)

    assert said in site.ask("audit_sink", "mine")["error"]
