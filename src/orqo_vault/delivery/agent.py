"""A private SSH agent: it holds the keys of one run, in memory only, and ends with it.

The agent is started with a shell as the program it serves. The shell waits on a pipe of ours and then ends the agent,
so that it ends with this process, however that ends; and should the shell be killed, the agent sees that within ten
seconds and ends by itself.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack

from orqo_vault.delivery.folder import RunFolder
from orqo_vault.delivery.guard import SECONDS, SHELL, USUAL, dismiss, waiting
from orqo_vault.delivery.process import start_time
from orqo_vault.errors import DeliveryError, InvalidFieldError
from orqo_vault.injector import content
from orqo_vault.injector.delivery import Delivery

SOCKET = ".agent"
PROCESS = ".agent-process"
"""Says which process the agent is, for whoever sweeps after a kill."""
LIFETIME = 24 * 60 * 60
"""Seconds after which the agent forgets a key by itself, should everything else fail."""

UNTIL_WE_END = """
trap '' HUP INT QUIT TERM
echo "$SSH_AGENT_PID"
read -r _
kill "$SSH_AGENT_PID"
"""


class Agent:
    """A running agent; ``path`` is its socket."""

    def __init__(self, folder: RunFolder, environ: Mapping[str, str], undo: ExitStack) -> None:
        self.path = f"{folder.path}/{SOCKET}"
        self._search = environ.get("PATH", USUAL)
        command = [self._program("ssh-agent"), "-a", self.path, SHELL, "-c", UNTIL_WE_END]
        line = socket.socket(socket.AF_UNIX)
        undo.callback(line.close)
        undo.callback(_wait_for_its_end, line)
        process = waiting(command, {"PATH": self._search}, stdout=subprocess.PIPE)
        undo.callback(dismiss, process)
        answer = process.stdout.readline().strip() if process.stdout is not None else b""
        if not answer:
            raise DeliveryError(
                f"ssh-agent does not start at {self.path}",
                hint="its path may be too long for a socket: choose a shorter XDG_RUNTIME_DIR",
            )
        folder.write(PROCESS, b"%d %d" % (int(answer), start_time(int(answer))))
        line.settimeout(SECONDS)
        line.connect(self.path)

    def add(self, delivery: Delivery) -> None:
        """Give it a key, which it opens for nobody else. Raises InvalidFieldError for one that is no usable key."""
        from orqo_vault.credential_types.ssh_key import opened  # brings cryptography

        passphrase = delivery.passphrase.reveal() if delivery.passphrase is not None else ""
        where = f"credential {delivery.credential!r}, field {delivery.field!r}"
        try:
            key = opened(content(delivery.value, base64=delivery.base64).decode("utf-8"), passphrase)
        except ValueError as error:
            reason = str(error) if not isinstance(error, UnicodeDecodeError) else "is not text"
        else:
            return self._hand_over(key.encode(), where)
        raise InvalidFieldError(f"{where}: {reason}")

    def _hand_over(self, key: bytes, where: str) -> None:
        done = subprocess.run(  # noqa: S603  # the key goes through a pipe; the words are ours
            [self._program("ssh-add"), "-q", "-t", str(LIFETIME), "-"],
            input=key,
            capture_output=True,
            env={"PATH": self._search, "SSH_AUTH_SOCK": self.path, "SSH_ASKPASS_REQUIRE": "never"},
            start_new_session=True,  # without a terminal to ask at
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise DeliveryError(f"{where}: ssh-add does not take it: {said}")

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=self._search)
        if found is None:
            raise DeliveryError(f"deliver: agent needs {name}, which is not installed", hint="install openssh-client")
        return found


def _wait_for_its_end(line: socket.socket) -> None:
    """Return when the agent, which the shell has told to end, has let go of the connection."""
    with contextlib.suppress(OSError):  # it never was connected
        line.recv(1)
