"""A plugin is found by the name the settings use, and nothing else is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

BACKENDS = "orqo_vault.backends"
TYPES = "orqo_vault.credential_types"
COMMANDS = "orqo_vault.commands"

BACKEND = """
from orqo_vault.markers import hookimpl
from orqo_vault.testing import MemoryBackend
class Mine(MemoryBackend):
    type_name = {name!r}
@hookimpl
def orqo_vault_backend():
    return Mine
"""


def backend(name: str) -> str:
    return BACKEND.format(name=name)


def test_only_the_named_plugin_is_imported(site: Site) -> None:
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one"}}, plugin_one=backend("one"))
    site.add("plugin-two", {BACKENDS: {"two": "plugin_two"}}, plugin_two=backend("two"))
    site.add("plugin-bad", {BACKENDS: {"bad": "plugin_bad"}}, plugin_bad="raise RuntimeError")

    assert site.ask("backend_class", "two") == {"module": "plugin_two", "name": "Mine"}
    assert site.imported() == {"plugin_two"}


def test_what_is_installed_is_told_without_importing_it(site: Site) -> None:
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one"}}, plugin_one=backend("one"))

    done = site.run("-c", f"from orqo_vault import plugins; print(*plugins.installed({BACKENDS!r}))")

    assert "one" in done.stdout.split()
    assert site.imported() == set()


def test_a_name_with_two_claims_is_an_error_before_either_is_imported(site: Site) -> None:
    site.add("honest", {BACKENDS: {"one": "honest"}}, honest=backend("one"))
    site.add("other-claim", {BACKENDS: {"one": "other_claim"}}, other_claim=backend("one"))

    answer = site.ask("backend_class", "one")

    assert answer["error"] == "backend type 'one' is claimed by more than one distribution: honest, other-claim"
    assert answer["hint"] == "uninstall all but one"
    assert answer["code"] == "plugin"
    assert site.imported() == set()


def test_a_claim_on_a_built_in_type_is_an_error(site: Site) -> None:
    site.add("squatter", {TYPES: {"api_token": "squatter"}}, squatter="")

    answer = site.ask("credential_type", "api_token")

    assert answer["error"] == (
        "credential type 'api_token' is claimed by more than one distribution: orqo-vault, squatter"
    )
    assert site.imported() == set()


def test_a_claim_in_another_group_is_no_claim(site: Site) -> None:
    site.add("a-backend", {BACKENDS: {"one": "a_backend"}}, a_backend=backend("one"))
    site.add("a-command", {COMMANDS: {"one": "a_command"}}, a_command="")

    assert site.ask("backend_class", "one")["module"] == "a_backend"
    assert site.imported() == {"a_backend"}


def test_a_distribution_found_twice_is_one_claim(site: Site) -> None:
    """An editable install may stand beside a copy of an older one."""
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one"}}, plugin_one=backend("one"))
    stale = type(site)(site.folder.parent / "stale")
    stale.folder.mkdir()
    stale.add("plugin-one", {BACKENDS: {"one": "plugin_one"}})
    site.paths.append(stale.folder)

    assert site.ask("backend_class", "one")["module"] == "plugin_one"


def test_an_unknown_name_is_answered_with_the_nearest(site: Site) -> None:
    site.add("plugin-one", {BACKENDS: {"corp-store": "plugin_one"}}, plugin_one=backend("corp-store"))

    answer = site.ask("backend_class", "corp_stor")

    assert answer["error"] == "backend type 'corp_stor' is not installed"
    assert answer["hint"].startswith("did you mean 'corp-store'? installed: ")
    assert site.imported() == set()


def test_an_unknown_name_that_is_like_none_is_answered_with_all(site: Site) -> None:
    answer = site.ask("credential_type", "zzzzzz")

    assert answer["error"] == "credential type 'zzzzzz' is not installed"
    assert answer["hint"].startswith("installed: api_key_pair, api_token, aws_ses, custom")


HOOK = "from orqo_vault.markers import hookimpl\n@hookimpl\n"
UNLOADABLE = {
    "missing module": ("import no_such_sdk", "ModuleNotFoundError 'no_such_sdk'"),
    "syntax": ("1 +", "SyntaxError"),
    "raises": ("raise RuntimeError('canary')", "RuntimeError"),
    "raises when asked": (f"{HOOK}def orqo_vault_backend(): raise OSError('canary')", "OSError"),
    "wrong signature": (f"{HOOK}def orqo_vault_backend(config): ...", "PluginValidationError"),
}


@pytest.mark.parametrize(("source", "reason"), UNLOADABLE.values(), ids=UNLOADABLE)
def test_a_plugin_that_cannot_be_loaded_is_one_line_and_no_traceback(site: Site, source: str, reason: str) -> None:
    site.add("plugin-bad", {BACKENDS: {"bad": "plugin_bad"}})
    (site.folder / "plugin_bad.py").write_text(source)

    answer = site.ask("backend_class", "bad")

    assert answer["error"] == f"backend type 'bad': plugin-bad cannot be loaded: {reason}"
    assert answer["hint"] == "python -c 'import plugin_bad as plugin; plugin.orqo_vault_backend()' shows the reason"
    assert "canary" not in answer["text"]
    assert "another exception" not in answer["text"]


def test_a_plugin_whose_module_is_gone_says_so(site: Site) -> None:
    site.add("plugin-bad", {BACKENDS: {"bad": "plugin_bad"}})

    assert site.ask("backend_class", "bad")["error"].endswith("ModuleNotFoundError 'plugin_bad'")


def test_a_plugin_without_the_hook_is_named(site: Site) -> None:
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one"}}, plugin_one="def orqo_vault_backend(): ...")

    answer = site.ask("backend_class", "one")

    assert answer["error"] == "backend type 'one': plugin_one of plugin-one does not implement orqo_vault_backend"


WRONG_BACKENDS = {
    "not a class": ("return 'Mine'", "hands over no Backend class"),
    "not a backend": ("return dict", "hands over no Backend class"),
    "another name": ("return MemoryBackend", "hands over one that is named 'memory'"),
    "no name": (
        "return type('Nameless', (Backend,), {})",
        "hands over one that is named None",
    ),
    "half a backend": (
        "return type('Half', (Backend,), {'type_name': 'one', 'read': None, 'delete': None})",
        "hands over one without list_paths, write",
    ),
}


@pytest.mark.parametrize(("body", "reason"), WRONG_BACKENDS.values(), ids=WRONG_BACKENDS)
def test_a_plugin_that_hands_over_the_wrong_thing_is_refused(site: Site, body: str, reason: str) -> None:
    source = (
        "from orqo_vault.backend import Backend\n"
        "from orqo_vault.markers import hookimpl\n"
        "from orqo_vault.testing import MemoryBackend\n"
        f"@hookimpl\ndef orqo_vault_backend():\n    {body}\n"
    )
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one"}}, plugin_one=source)

    assert site.ask("backend_class", "one")["error"] == f"plugin for backend type 'one' {reason}"


WRONG_TYPES = {
    "not a type": ("return dict", "hands over no CredentialType class"),
    "another name": (
        "return type('Other', (CredentialType,), {'name': 'other'})",
        "hands over one that is named 'other'",
    ),
}


@pytest.mark.parametrize(("body", "reason"), WRONG_TYPES.values(), ids=WRONG_TYPES)
def test_a_wrong_credential_type_is_refused(site: Site, body: str, reason: str) -> None:
    source = (
        "from orqo_vault.credential_types import CredentialType\n"
        "from orqo_vault.markers import hookimpl\n"
        f"@hookimpl\ndef orqo_vault_credential_type():\n    {body}\n"
    )
    site.add("plugin-one", {TYPES: {"one": "plugin_one"}}, plugin_one=source)

    assert site.ask("credential_type", "one")["error"] == f"plugin for credential type 'one' {reason}"


def test_a_command_of_a_plugin_is_handed_over(site: Site) -> None:
    source = (
        "import click\nfrom orqo_vault.markers import hookimpl\n"
        "@click.group()\ndef restore(): ...\n"
        "@hookimpl\ndef orqo_vault_command():\n    return restore\n"
    )
    site.add("plugin-one", {COMMANDS: {"bring-back": "plugin_one"}}, plugin_one=source)

    assert site.ask("command", "bring-back")["name"] == "Group"


def test_a_command_that_is_none_is_refused(site: Site) -> None:
    source = f"{HOOK}def orqo_vault_command(): return print"
    site.add("plugin-one", {COMMANDS: {"bring-back": "plugin_one"}}, plugin_one=source)

    assert site.ask("command", "bring-back")["error"] == "plugin for command 'bring-back' hands over no click command"


def test_one_module_may_hand_over_more_than_one_thing(site: Site) -> None:
    source = (
        backend("one") + "import click\n@hookimpl\ndef orqo_vault_command():\n    return click.Command('one-tools')\n"
    )
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one"}, COMMANDS: {"one-tools": "plugin_one"}}, plugin_one=source)

    assert site.ask("backend_class", "one")["name"] == "Mine"
    assert site.ask("command", "one-tools")["name"] == "Command"


def test_an_entry_point_may_name_an_object_in_a_module(site: Site) -> None:
    source = (
        "from orqo_vault.markers import hookimpl\nfrom orqo_vault.testing import MemoryBackend\n"
        "class Mine(MemoryBackend):\n    type_name = 'one'\n"
        "class Plugin:\n    @hookimpl\n    def orqo_vault_backend(self):\n        return Mine\n"
        "plugin = Plugin()\n"
    )
    site.add("plugin-one", {BACKENDS: {"one": "plugin_one:plugin"}}, plugin_one=source)

    assert site.ask("backend_class", "one") == {"module": "plugin_one", "name": "Mine"}


def test_importing_the_plugin_room_reads_no_entry_points(site: Site) -> None:
    code = "import sys, orqo_vault.plugins; print(*({'importlib.metadata', 'pluggy', 'click'} & set(sys.modules)))"

    assert site.run("-c", code).stdout.split() == []
