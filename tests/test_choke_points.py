"""Who may reveal, read the environment, print, start a process or read entry points: one list, checked by text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What ships for the tests of plugin authors starts servers and looks values in the eye: that is its work.
SOURCES = {
    str(path.relative_to(folder)): path.read_text()
    for folder in (ROOT / "src", *(ROOT / "plugins").glob("*/src"))
    for path in folder.rglob("*.py")
    if "testing" not in path.parts
}

ALLOWED = {
    r"\.reveal\(": {
        "orqo_vault/secret.py",
        "orqo_vault/injector/environment.py",
        "orqo_vault/redaction/patterns.py",  # the forms that are looked for
        "orqo_vault/delivery/agent.py",
        "orqo_vault/injector/carriage.py",
        "orqo_vault/injector/content.py",
        "orqo_vault/vault/prepared.py",
        "orqo_vault/credential_types/checking.py",
        "orqo_vault/cli/commands/get.py",
        "orqo_vault/cli/commands/export.py",
        "orqo_vault/exchange/export.py",
        "orqo_vault/exchange/importing.py",
        "orqo_vault/exchange/proposals.py",
        "orqo_vault/vault/importing.py",
        "orqo_vault/platform_keys/control_plane.py",  # the enrolment, to its gateway
        "orqo_vault/platform_keys/enrolments.py",
        "orqo_vault/probes/contract.py",
        "orqo_vault/gateway/exchange.py",  # the platform's key, into the header
        "orqo_vault/gateway/control.py",  # a run token, shown once
        "orqo_vault/gateway/lending.py",  # and hashed
        "orqo_vault/gateway/enrolments.py",
        "orqo_vault/cli/commands/gateway/enrol.py",
        "orqo_vault_file/format/sealed_file.py",
        "orqo_vault_file/keys/passphrases.py",
        "orqo_vault_aws/payload.py",
        "orqo_vault_hashicorp/kv.py",
        "orqo_vault_hashicorp/session.py",
        "orqo_vault_hashicorp/auth/",
    },
    r"os\.environ\b": {"orqo_vault/vault/surroundings.py", "orqo_vault/cli/main.py"},
    r"(?<![\w.])print\(|click\.echo\(|sys\.std(out|err)": {"orqo_vault/cli/"},
    r"\bsubprocess\b|os\.(exec|spawn|fork|posix_spawn|system|popen)": {
        "orqo_vault/run/execute.py",
        "orqo_vault/run/spawn.py",
        "orqo_vault/run/session.py",  # the leader of an inner session
        "orqo_vault/delivery/agent.py",  # ssh-agent and ssh-add
        "orqo_vault/delivery/guard.py",  # a shell that tidies up after us
        "orqo_vault/probes/ssh.py",  # ssh, which no library of ours replaces
        "orqo_vault/doctor/git.py",
        "orqo_vault_file/merging/git_index.py",  # git, for store merge
    },
    r"\bentry_points\(": {"orqo_vault/plugins.py"},
    r"^\s*(import|from) pickle|\beval\(|(?<![\w.])exec\(|yaml\.load\(|__import__\(": set(),
}


@pytest.mark.parametrize("pattern", ALLOWED)
def test_only_the_listed_rooms_do_it(pattern: str) -> None:
    doing = {name for name, text in SOURCES.items() if re.search(pattern, _code(text))}
    strangers = {name for name in doing if not any(name.startswith(room) for room in ALLOWED[pattern])}
    assert not strangers


@pytest.mark.parametrize("pattern", [each for each, rooms in ALLOWED.items() if rooms])
def test_the_list_names_no_room_that_stopped_doing_it(pattern: str) -> None:
    doing = {name for name, text in SOURCES.items() if re.search(pattern, _code(text))}
    idle = {room for room in ALLOWED[pattern] if not any(name.startswith(room) for name in doing)}
    assert not idle


def _code(text: str) -> str:
    """Return the text without docstrings and comments, which may speak of anything."""
    text = re.sub(r'"""(?:.|\n)*?"""', '""', text)
    return re.sub(r"(?m)#.*$", "", text)
