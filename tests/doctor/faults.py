"""Faults as they happen on real machines: each plants itself and says what the doctor has to find."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from orqo_vault_hashicorp.testing.fault_server import Seen, answer

from tests.doctor.conftest import Machine

PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n"


class Expected(NamedTuple):
    """A finding, by parts of its texts."""

    severity: str
    where: str
    what: str
    fix: str


def world_readable_key_file(machine: Machine) -> Expected:
    (key,) = (machine.home / "config" / "orqo-vault" / "keys").iterdir()
    key.chmod(0o644)
    return Expected("error", "backend local", "can be read or changed by others", f"chmod 600 {key}")


def key_that_others_read_beside_one_that_opens(machine: Machine) -> Expected:
    (key,) = (machine.home / "config" / "orqo-vault" / "keys").iterdir()
    machine.monkeypatch.setenv("ORQO_VAULT_KEY", key.read_text().strip())
    key.chmod(0o640)
    return Expected("error", "backend local", "can be read or changed by others", f"chmod 600 {key}")


def key_file_in_the_project(machine: Machine) -> Expected:
    (key,) = (machine.home / "config" / "orqo-vault" / "keys").iterdir()
    inside = machine.folder / "the.key"
    key.rename(inside)
    machine.monkeypatch.setenv("ORQO_VAULT_KEY_FILE", str(inside))
    return Expected("warning", "backend local", "stands in the project that it opens", "move it out")


def store_that_others_can_write(machine: Machine) -> Expected:
    (machine.folder / ".store" / "c").chmod(0o777)
    return Expected("error", "backend local", "can be written by others", "chmod go-w")


def users_file_that_others_can_write(machine: Machine) -> Expected:
    file = machine.home / "config" / "orqo-vault" / "config.yaml"
    file.write_text("allowed_hosts: [vault.test]\n")
    file.chmod(0o666)
    return Expected("error", str(file), "other users may change it", f"chmod go-w {file}")


def settings_that_anybody_can_write(machine: Machine) -> Expected:
    machine.settings.chmod(0o666)
    return Expected("error", str(machine.settings), "anybody on this machine can change it", "chmod o-w")


def settings_with_an_unknown_key(machine: Machine) -> Expected:
    machine.settings.write_text(machine.settings.read_text().replace("category:", "categori:"))
    return Expected("error", f"{machine.settings}:7:", "unknown key", "category")


def settings_that_are_no_yaml(machine: Machine) -> Expected:
    machine.settings.write_text("version: 1\ncredentials: {mail: [\n")
    return Expected("error", f"{machine.settings}:", "", "")


def settings_that_are_probably_not_meant(machine: Machine) -> Expected:
    machine.settings.write_text(
        machine.settings.read_text()
        .replace("key: MAIL", "key: MAIL_PASSWORD")
        .replace("api_token", "username_password")
    )
    return Expected("warning", f"{machine.settings}:7:", "already ends in _PASSWORD", "change it there")


def local_layer_in_git(machine: Machine) -> Expected:
    path = machine.commit("orqo-vault.local.yaml", "credentials: {}\n")
    return Expected("warning", str(path), "in git for everybody", "git rm --cached orqo-vault.local.yaml")


def local_layer_that_git_does_not_ignore(machine: Machine) -> Expected:
    (machine.folder / "orqo-vault.local.yaml").write_text("credentials: {}\n")
    (machine.folder / ".gitignore").write_text("")
    return Expected("warning", "orqo-vault.local.yaml", "git does not ignore it", ">> .gitignore")


def env_file_in_git(machine: Machine) -> Expected:
    path = machine.commit(".env", "DEBUG=1\nexport STRIPE_SECRET_KEY='sk_live_51H8a'\n")
    return Expected("error", str(path), "a plaintext secret is committed", "git rm --cached .env")


def private_key_in_git(machine: Machine) -> Expected:
    path = machine.commit("deploy/id_ed25519", PRIVATE_KEY)
    return Expected("error", str(path), "a private key is committed", "git rm --cached deploy/id_ed25519")


def token_file_in_git(machine: Machine) -> Expected:
    path = machine.commit(".vault-token", "hvs.CAESI\n")
    return Expected("error", str(path), "a login is committed", "git rm --cached .vault-token")


def state_that_cannot_be_kept(machine: Machine) -> Expected:
    (machine.home / "a-file").write_text("")
    machine.monkeypatch.setenv("XDG_STATE_HOME", str(machine.home / "a-file" / "state"))
    return Expected("error", "a-file/state", "it cannot be made", "set XDG_STATE_HOME")


def state_that_others_can_write(machine: Machine) -> Expected:
    (machine.home / "state" / "orqo-vault").chmod(0o770)
    return Expected("error", "state/orqo-vault", "others can change what is remembered", "chmod 700")


def plugin_that_is_not_installed(machine: Machine) -> Expected:
    machine.add_backend("other: {type: elsewhere}")
    return Expected("error", "backend other", "'elsewhere' is not installed", "installed: ")


def plugin_that_cannot_be_imported(machine: Machine) -> Expected:
    machine.install("bent", "bent_plugin", "import no_such_library\n")
    machine.add_backend("other: {type: bent}")
    return Expected("error", "backend other", "bent_plugin cannot be loaded: ModuleNotFoundError", "python -c")


def plugin_for_another_version(machine: Machine) -> Expected:
    machine.install("late", "late_plugin", "", wants=">=9,<10")
    return Expected("error", "late_plugin", "wants orqo-vault >=9,<10", "pip install -U")


def two_plugins_for_one_type(machine: Machine) -> Expected:
    machine.install("twice", "first_plugin", "")
    machine.install("twice", "second_plugin", "")
    return Expected("error", "orqo_vault.backends", "claimed by more than one distribution", "uninstall all but one")


def clock_that_differs_from_a_servers(machine: Machine) -> Expected:
    def behave(seen: Seen) -> bytes:
        return answer(200, {"data": {"ttl": 0}}, {"Date": "Mon, 01 Jan 2024 00:00:00 GMT"})

    machine.log_in(machine.serve(behave))
    return Expected("warning", "backend corp", "ahead of the server's", "set the clock")


def settings_from_the_future(machine: Machine) -> Expected:
    os.utime(machine.settings, (time.time() + 7200,) * 2)
    return Expected("warning", str(machine.settings), "minutes from now", "set the clock")


def token_that_ends_soon(machine: Machine) -> Expected:
    made = machine.server.api("POST", "auth/token/create", {"policies": ["default"], "ttl": "120s"})
    machine.log_in(machine.server.address, made["auth"]["client_token"])
    return Expected("warning", "backend corp", "the token ends in 1", "log in again")


def token_that_has_ended(machine: Machine) -> Expected:
    machine.log_in(machine.server.address, "hvs.ended")
    return Expected("error", "backend corp", "the token is not valid any more", "log in again")


def server_that_is_gone(machine: Machine) -> Expected:
    machine.log_in("http://127.0.0.1:1")
    return Expected("error", "backend corp", "cannot be reached", "is the server running there?")


def leftovers_of_a_killed_run(machine: Machine) -> Expected:
    script = (
        "import contextlib, os, sys; from orqo_vault.delivery.folder import RunFolder\n"
        "RunFolder(sys.argv[1], '0123456789abcdef', contextlib.ExitStack()).write('key', b'sesame')\n"
        "os.kill(os.getpid(), 9)"
    )
    runtime = os.environ["XDG_RUNTIME_DIR"]
    done = subprocess.run([sys.executable, "-c", script, runtime], check=False)
    assert done.returncode == -signal.SIGKILL
    return Expected("warning", f"{runtime}/orqo-vault.", "was killed and left its secrets", "the next run")


FAULTS: list[Callable[[Machine], Expected]] = [
    world_readable_key_file,
    key_that_others_read_beside_one_that_opens,
    key_file_in_the_project,
    store_that_others_can_write,
    users_file_that_others_can_write,
    settings_that_anybody_can_write,
    settings_with_an_unknown_key,
    settings_that_are_no_yaml,
    settings_that_are_probably_not_meant,
    local_layer_in_git,
    local_layer_that_git_does_not_ignore,
    env_file_in_git,
    private_key_in_git,
    token_file_in_git,
    state_that_cannot_be_kept,
    state_that_others_can_write,
    plugin_that_is_not_installed,
    plugin_that_cannot_be_imported,
    plugin_for_another_version,
    two_plugins_for_one_type,
    clock_that_differs_from_a_servers,
    settings_from_the_future,
    token_that_ends_soon,
    token_that_has_ended,
    server_that_is_gone,
    leftovers_of_a_killed_run,
]
