"""Tests an SSH key: the real ``ssh`` logs in with it, and leaves. No command runs there, and no file is read here.

The key is in a private agent for that long. The server must prove to be the one in ``known_hosts``, and nobody is
asked anything: what cannot be verified gets no login.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from orqo_vault.delivery.deliver import Around, deliver
from orqo_vault.errors import DeliveryError, InvalidFieldError
from orqo_vault.injector.delivery import Delivery
from orqo_vault.probes.addresses import resolve
from orqo_vault.probes.contract import Answer, Outcome, StoppedError, Subject
from orqo_vault.probes.scrubbing import scrubbed

PORT = 22
MAX_SAID = 64 * 1024
OPTIONS = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "GlobalKnownHostsFile": "none",
    "UpdateHostKeys": "no",
    "PreferredAuthentications": "publickey",
    "IdentityFile": "none",
    "ClearAllForwardings": "yes",
    "ForwardAgent": "no",
    "RequestTTY": "no",
    "LogLevel": "VERBOSE",  # says when it is in
}
LOGGED_IN = re.compile(rb'^Authenticated to .* using "publickey"\.\r?$', re.MULTILINE)
DENIED = re.compile(rb"Permission denied|Too many authentication failures")
NOT_THE_ONE = re.compile(rb"Host key verification failed|host key is known for|IDENTIFICATION HAS CHANGED")


def probe_key(subject: Subject) -> Answer:
    """Test a key at the server that ``test:`` names."""
    test = subject.credential.test
    if "host" not in test:
        return Answer(Outcome.NOT_TESTABLE, "nothing is declared that could be asked; declare test: {host: …, user: …}")
    if not subject.has("known_hosts"):
        how = f"declare values: {{known_hosts: …}}; ssh-keyscan {test['host']} prints what to compare and put there"
        return Answer(Outcome.REFUSED, f"nothing says how the right server is known: {how}")
    program = shutil.which("ssh", path=subject.environ.get("PATH"))
    if program is None:
        return Answer(Outcome.NOT_TESTABLE, "ssh is not installed here")
    port = test.get("port", PORT)
    answer = Answer(Outcome.UNREACHABLE, f"{test['host']}: no such host is known")
    addresses = resolve(test["host"], port, subject.deadline)
    with _agent_and_hosts(subject) as (agent, known_hosts):
        for address in addresses:
            place = {
                "HostName": str(address.ip),  # what was checked: ssh looks up nothing itself
                "HostKeyAlias": test["host"] if port == PORT else f"[{test['host']}]:{port}",
                "Port": str(port),
                "User": test["user"],
                "IdentityAgent": agent,
                "UserKnownHostsFile": known_hosts,
                "ConnectTimeout": str(max(1, int(subject.deadline.remaining()))),
            }
            answer = _log_in(program, {**OPTIONS, **place}, subject)
            if answer.outcome is not Outcome.UNREACHABLE:
                break
    return answer


@contextmanager
def _agent_and_hosts(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the socket of an agent with the key, and a file with the known hosts; both end with the block."""

    def delivery(field: str, how: str) -> Delivery:
        return Delivery(
            credential=subject.credential.id,
            field=field,
            how=how,
            variables=(field,),
            value=subject.values[field],
            secret=field in subject.secret_fields,
            base64=field in subject.credential.encoding,
            file_name=field,
            passphrase=subject.values.get("passphrase"),
        )

    with ExitStack() as undo:
        around = Around(run_id=os.urandom(8).hex(), environ=subject.environ, allow_disk=False, undo=undo)
        try:
            handed = deliver([delivery("private_key", "agent"), delivery("known_hosts", "file")], around)
        except InvalidFieldError as error:
            answer = Answer(Outcome.FAILING, scrubbed(error.message, subject.secrets()))
        except DeliveryError as error:
            answer = Answer(Outcome.NOT_TESTABLE, scrubbed(error.message, subject.secrets()))
        else:
            yield handed.variables["private_key"], handed.variables["known_hosts"]
            return
    raise StoppedError(answer)


def _log_in(program: str, options: dict[str, str], subject: Subject) -> Answer:
    # -F none: neither the user's nor the machine's configuration has a word in this.
    words = [f"-o{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(  # noqa: S603  # the words are ours, and what is declared was checked
        [program, "-F", "none", "-N", *words, "declared"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": subject.environ.get("PATH", os.defpath)},
        start_new_session=True,  # without a terminal to ask at
    )
    with process:
        try:
            said = _listen(process, subject)
        finally:
            process.kill()
    return _judged(said, subject)


def _listen(process: subprocess.Popen[bytes], subject: Subject) -> bytes:
    """Return what ssh says until it is in, ends, or its time is over."""
    said = b""
    if process.stderr is None:  # never: a pipe was asked for
        return said
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stderr, selectors.EVENT_READ)
        while len(said) < MAX_SAID and not LOGGED_IN.search(said) and waiting.select(subject.deadline.remaining()):
            heard = os.read(process.stderr.fileno(), 4096)
            if not heard:
                break
            said += heard
    return said


def _judged(said: bytes, subject: Subject) -> Answer:
    test = subject.credential.test
    if LOGGED_IN.search(said):
        return Answer(Outcome.OK)
    if NOT_THE_ONE.search(said):
        return Answer(Outcome.REFUSED, f"{test['host']} is not the server in known_hosts: no login was tried")
    if DENIED.search(said):
        return Answer(Outcome.FAILING, f"{test['host']} does not let {test['user']} in with this key")
    if subject.deadline.passed:
        return Answer(Outcome.UNREACHABLE, f"{test['host']}: no answer within {subject.deadline.seconds:g} s")
    last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return Answer(Outcome.UNREACHABLE, scrubbed(f"{test['host']}: {last}", subject.secrets()))
