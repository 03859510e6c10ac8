"""docs/platform-story.md is followed literally, by two OS users, with a provider that stands in for the real one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.harness import KEY, Process, Upstream, started
from tests.platform_story.story import Told, Typed, chapters
from tests.two_tenants.users import command_as, new_uids, require_root

OWN_KEY = "sk-acmes-own-0123456789"
DEVELOPMENT = "On your own machine, without a gateway"


class Stage:
    """The machine of the story: a home for each user, and somebody who types what the page says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        operator, tenant = new_uids(2)
        self.users = {"operator": operator, "tenant": tenant, "dev": tenant}
        self.upstream = Upstream()
        self.gateway: Process | None = None
        self.token = ""
        self.homes = {"operator": folder / "gateway", "tenant": folder / "tenant", "dev": folder / "dev"}
        for who, home in self.homes.items():
            home.mkdir(mode=0o700)
            os.chown(home, self.users[who], self.users[who])
        (folder / "etc").mkdir()
        self.operator = folder / "etc" / "operator.yaml"
        wrapper = folder / "orqo-vault"  # only root can write to /etc, and no test does
        wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -m orqo_vault --operator {self.operator} "$@"\n')
        wrapper.chmod(0o755)

    def instead(self) -> dict[str, str]:
        """Return what stands for places of a real machine."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return {
            "/etc/orqo-vault": str(self.operator.parent),
            "/var/lib/orqo-gateway": str(self.homes["operator"]),
            "/home/dev": str(self.homes["dev"]),
            "127.0.0.1:8700": f"127.0.0.1:{port}",
            "https://api.openai.com": self.upstream.origin,
            "[1004]": f"[{self.users['tenant']}]",
        }

    def write(self, file: Told, reader: str) -> None:
        place = self.homes[reader] / file.name
        place.write_text(file.content)
        if place == self.operator:
            place.chmod(0o644)
        else:
            os.chown(place, self.users[reader], self.users[reader])

    def type(self, command: Typed) -> None:
        """Do what the page says and compare what is said."""
        if " gateway serve " in command.words:
            words = command_as(self.users[command.who], ["sh", "-c", f"exec {command.words}"])  # no shell in between
            self.gateway = started(words, self._env(command.who), rb"listens on http://[^ ]*:(\d+) ")
            return
        done = subprocess.run(
            self._words(command),
            env=self._env(command.who),
            cwd=self.homes[command.who],
            input=self._typed_in(command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert command.is_said_by(done.stdout), f"{command.words}\n{done.stdout}"
        refused = any(line.startswith("hint: ") for line in command.said)
        assert (done.returncode != 0) == refused, f"{command.words}\n{done.stdout}"
        if " gateway enrol " in command.words:
            self.token = done.stdout.splitlines()[-1]

    def close(self) -> None:
        if self.gateway is not None:
            assert self.gateway.stop() == 0
        self.upstream.process.stop()

    def _typed_in(self, command: Typed) -> str:
        """Return what a person would enter where the command asks."""
        if "llm enrol" in command.words:
            return self.token
        if " set " not in command.words:
            return ""
        if command.who != "tenant":
            return KEY
        self.upstream.change_key(OWN_KEY)  # from here on only the tenant's own key opens the provider
        return OWN_KEY

    def _words(self, command: Typed) -> list[str]:
        return command_as(self.users[command.who], ["sh", "-c", command.words])

    def _env(self, who: str) -> dict[str, str]:
        path = [os.path.dirname(sys.executable), os.environ["PATH"]]
        if who != "dev":
            path.insert(0, str(self.folder))
        env = {"PATH": os.pathsep.join(path), "HOME": str(self.homes[who]), "LANG": "C.UTF-8", "COLUMNS": "80"}
        # Where the SDK would go by itself. A run with a platform key sets its own.
        return env | ({"OPENAI_BASE_URL": f"{self.upstream.origin}/v1"} if who == "tenant" else {})


@pytest.fixture
def stage() -> Iterator[Stage]:
    require_root()
    folder = Path(tempfile.mkdtemp(prefix="orqo-vault-test-"))
    folder.chmod(0o755)
    made = Stage(folder)
    yield made
    made.close()
    shutil.rmtree(folder)


def play(stage: Stage, *, development: bool) -> int:
    """Follow the chapters in their order; return how many commands were typed."""
    typed = 0
    for heading, told in chapters(stage.instead()).items():
        if (heading == DEVELOPMENT) != development:
            continue
        for each in told:
            if isinstance(each, Typed):
                stage.type(each)
                typed += 1
            else:
                stage.write(each, "dev" if development else "tenant")
    return typed


def test_the_story_with_a_gateway_happens_as_it_is_told(stage: Stage) -> None:
    assert play(stage, development=False) > 15
    assert stage.gateway is not None
    assert KEY not in stage.gateway.text
    keys = [each["headers"]["authorization"] for each in stage.upstream.seen()]
    assert keys == [f"Bearer {KEY}", f"Bearer {KEY}", f"Bearer {OWN_KEY}"]


def test_the_story_on_ones_own_machine_happens_as_it_is_told(stage: Stage) -> None:
    assert play(stage, development=True) > 5
