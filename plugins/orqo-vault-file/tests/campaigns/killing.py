"""A process that writes without pause and says what it has done, killed at random moments, hundreds of times.

No flush is waited for: who is killed takes nothing back from the kernel. Power cuts are another campaign.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.store import Store
from orqo_vault_file.upkeep import rotation, verification

from orqo_vault import Surroundings, Vault, load_settings
from orqo_vault.errors import AccessDeniedError

from ..machines import soon
from .dying import in_child
from .scene import key_of
from .seam import Counting, through

IDS = ("a", "b", "c", "d", "e")
PROBE = "probe"
LABELS = ("x", "y")
MOST_STEPS = 6
LONGEST = 0.02
"""Seconds by which a death comes after a step began: half of them within the first quarter, when most is in the air."""

Secrets = dict[str, dict[str, str] | None]


class Project:
    """A project on this machine; every process opens its vault anew."""

    def __init__(self, place: Path) -> None:
        self.file = place / "orqo-vault.yaml"
        self._environ = {
            "HOME": str(place),
            "XDG_STATE_HOME": str(place / "state"),
            "XDG_CONFIG_HOME": str(place / "c"),
        }
        self.file.write_text(
            "version: 1\ndefault_backend: local\nbackends:\n  local: {type: encrypted-file}\ncredentials:\n"
            + "".join(
                f"  {each}: {{name: {each}, key: K_{each.upper()}, category: custom, type: custom, fields: [l, r]}}\n"
                for each in (*IDS, PROBE)
            )
        )
        self._settings = load_settings(self.file, environ=self._environ)

    def vault(self, **more: str) -> Vault:
        around = Surroundings(environ={**self._environ, **more}, notify=lambda _: None)
        return Vault(self._settings, surroundings=around)

    @staticmethod
    def store(vault: Vault) -> Store:
        return vault.backends.get("local").store  # type: ignore[attr-defined]  # it is an encrypted-file backend


class Step:
    """One thing to do, as it is announced on the pipe before and done after."""

    def __init__(self, verb: str, id: str = "", fields: dict[str, str] | None = None) -> None:
        self.verb = verb
        self.id = id
        self.fields = fields or {}

    def do(self, vault: Vault) -> None:
        store = Project.store(vault)
        acts: dict[str, Callable[[], object]] = {
            "put": lambda: vault.put(self.id, self.fields),
            "update": lambda: vault.update(self.id, set=self.fields),
            "delete": lambda: vault.delete(self.id),
            "rotate": lambda: rotation.rotate(store, soon()),
            "rotate now": lambda: rotation.rotate_now(store, soon()),
            "slot add": lambda: slot_changes.add_slot(store, Opener(slots.KEY_FILE, key_of(self.id), self.id), soon()),
            "slot remove": lambda: slot_changes.remove_slot(_with_all_keys(store), self.id, soon()),
        }
        acts[self.verb]()

    def after(self, secrets: Secrets) -> Secrets:
        """Return what is stored once it was done."""
        if self.verb == "put":
            return {**secrets, self.id: self.fields}
        if self.verb == "update":
            return {**secrets, self.id: {**(secrets[self.id] or {}), **self.fields}}
        return {**secrets, self.id: None} if self.verb == "delete" else secrets


def _with_all_keys(store: Store) -> Store:
    for label in LABELS:
        store.openers.give_key(key_of(label))
    return store


def next_step(chance: random.Random, labels: set[str]) -> Step:
    """Return something to do. ``labels`` are the slots that are there."""
    verb = chance.choices(("put", "update", "delete", "rotate", "rotate now", "slots"), weights=(40, 25, 15, 6, 4, 10))[
        0
    ]
    if verb == "slots":
        label = chance.choice(LABELS)
        return Step("slot remove" if label in labels else "slot add", label)
    value = f"{chance.getrandbits(64):x}" * chance.choice((1, 1, 50))
    fields = {"put": {"l": value, "r": value[::-1]}, "update": {chance.choice("lr"): value}}.get(verb, {})
    return Step(verb, chance.choice(IDS) if verb in ("put", "update", "delete") else "", fields)


def live(project: Project, seed: int, labels: set[str], pipe: int) -> None:
    """Do one thing after the other until killed; say each before it is begun and once it is done."""
    chance = random.Random(seed)
    vault = project.vault()
    while True:
        step = next_step(chance, labels)
        _say(pipe, {"begun": vars(step)})
        step.do(vault)
        _say(pipe, {"done": True})
        labels = labels | {step.id} if step.verb == "slot add" else labels - {step.id}


def _say(pipe: int, what: dict[str, Any]) -> None:
    os.write(pipe, json.dumps(what).encode() + b"\n")


def one_life(project: Project, seed: int, labels: set[str], steps: int, seconds: float) -> list[dict[str, Any]]:
    """Let a process begin that many steps, and kill it so much later; return what it said."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            with through(Counting()):
                live(project, seed, labels, write_end)
        except BaseException as error:
            _say(write_end, {"crashed": repr(error)})
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        said = []
        for line in pipe:
            said.append(json.loads(line))
            if sum("begun" in each for each in said) == steps:
                break
        time.sleep(seconds)  # not to wait for anything: to die in the midst of it
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return said + [json.loads(line) for line in pipe]


def inspect(project: Project) -> dict[str, Any]:
    """Return what a new process finds, and shows by a write of its own that the store still works."""
    with through(Counting()), project.vault() as vault:
        store = project.store(vault)
        found = {each: vault.read(each) for each in IDS}
        vault.put(PROBE, {"l": "l", "r": "r"})
        probe = vault.read(PROBE)
        problems = [repr(problem) for problem in verification.verify(store, soon()).problems]
        with store.visit() as visit:
            assert visit is not None
            newest = visit.keyring.active.master
        known, _ = slot_changes.list_slots(store)
    return {
        "secrets": {each: None if secret is None else secret.reveal() for each, secret in found.items()},
        "problems": problems + ([] if probe is not None and probe.reveal() == {"l": "l", "r": "r"} else ["no probe"]),
        "labels": [slot.label for slot in known if slot.master == newest and slot.label in LABELS],
        "opening": [label for label in LABELS if _opens(project, label)],
    }


def tidy(project: Project) -> None:
    """Do once more what each kind of file is written by: what the dead left beside them goes then."""
    with through(Counting()), project.vault() as vault:
        store = project.store(vault)
        rotation.rotate_now(store, soon())
        slot_changes.add_slot(store, Opener(slots.KEY_FILE, key_of("tidy"), "tidy"), soon())


def _opens(project: Project, label: str) -> bool:
    elsewhere = str(project.file.parent / "stranger")
    with (
        through(Counting()),
        project.vault(
            ORQO_VAULT_KEY=key_of(label).compose(), XDG_CONFIG_HOME=elsewhere, XDG_STATE_HOME=elsewhere
        ) as vault,
    ):
        try:
            return vault.read(PROBE) is not None
        except AccessDeniedError:
            return False


class Campaign:
    """What is known to be stored, from what was acknowledged, and what was found to be wrong."""

    def __init__(self, place: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.project = Project(place)
        self.secrets: Secrets = dict.fromkeys(IDS)
        self.labels: set[str] = set()
        self.acknowledged = 0
        self.torn = 0
        """Deaths in the middle of something."""
        self.wrong: list[str] = []

    def kill_one(self) -> None:
        """One life, one death, one look at what it left."""
        steps, seconds = self.chance.randint(1, MOST_STEPS), self.chance.random() ** 2 * LONGEST
        said = one_life(self.project, self.chance.getrandbits(32), self.labels, steps, seconds)
        self.wrong += [line["crashed"] for line in said if "crashed" in line]
        begun = [Step(**line["begun"]) for line in said if "begun" in line]
        done = sum("done" in line for line in said)
        for step in begun[:done]:
            self.secrets = step.after(self.secrets)
            self.labels = self.labels | {step.id} if step.verb == "slot add" else self.labels - {step.id}
        self.acknowledged += done
        self.torn += len(begun) - done
        self._compare(in_child(lambda: inspect(self.project)), begun[done:])

    def _compare(self, found: dict[str, Any], pending: list[Step]) -> None:
        allowed = [self.secrets, *(step.after(self.secrets) for step in pending)]
        if found["secrets"] not in allowed:
            self.wrong.append(f"found {found['secrets']}, expected one of {allowed}")
        self.wrong += found["problems"]
        undecided = {step.id for step in pending}
        for what in ("labels", "opening"):
            if set(found[what]) - undecided != self.labels - undecided:
                self.wrong.append(f"{what}: found {found[what]}, expected {self.labels}, undecided {undecided}")
        if sorted(found["labels"]) != found["opening"]:
            self.wrong.append(f"slots {found['labels']} are listed, and {found['opening']} open the store")
        self.secrets, self.labels = found["secrets"], set(found["labels"])


def main(place: str, kills: str, seed: str) -> dict[str, Any]:
    """Return what happened in that many lives."""
    campaign = Campaign(Path(place), int(seed))
    inspect(campaign.project)  # the first look imports much; from now on a fork has it
    for _ in range(int(kills)):
        campaign.kill_one()
    in_child(lambda: tidy(campaign.project))
    return {
        "acknowledged": campaign.acknowledged,
        "torn": campaign.torn,
        "strays": sorted(str(path) for path in Path(place).rglob(".tmp-*")),
        "wrong": campaign.wrong,
    }
