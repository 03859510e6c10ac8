"""Everything that changes a store, or what a machine knows of it, as one table that every campaign walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orqo_vault_file import creation
from orqo_vault_file.history import acceptance, mark_transfer
from orqo_vault_file.keys import slot_changes, slots
from orqo_vault_file.keys.slots import Opener
from orqo_vault_file.merging import merge as merging
from orqo_vault_file.upkeep import rotation

from orqo_vault.backend import Expected
from orqo_vault.errors import BackendError

from ..machines import soon
from .scene import Scene, key_of


@dataclass(frozen=True)
class Operation:
    """One change. ``set_up`` prepares the furnished scene for it; where ``empty`` there is no store yet."""

    name: str
    do: Callable[[Scene], object]
    set_up: Callable[[Scene], object] = lambda scene: None
    empty: bool = False
    once: bool = False
    """Done a second time it is refused, because it is done."""
    stepwise: bool = False
    """Made of several durable steps: half done, all secrets are readable, and done again it ends."""
    labels: tuple[str, ...] = ("ben",)
    """The slots whose keys are tried."""

    def start(self, scene: Scene) -> None:
        """Bring a new scene to where the operation begins, and keep that."""
        if not self.empty:
            scene.furnish()
            self.set_up(scene)
        scene.keep()


def _replace(scene: Scene) -> None:
    stored = scene.ana.stored("over")
    assert stored is not None
    scene.ana.write("over", if_version=stored.version or Expected.ABSENT, token="3")


def _roll_back(scene: Scene) -> None:
    file = scene.ana.file("over")
    old = file.read_bytes()
    scene.ana.write("over", token="newer")
    file.write_bytes(old)


def _acknowledged(accepted: list[acceptance.Accepted]) -> None:
    """What is not in the list was not accepted."""
    if not accepted:
        raise BackendError("nothing was accepted")


def _merge(scene: Scene) -> None:
    ours = scene.ana.file("over").read_bytes()
    merging.merge(scene.ana.store, "over", [ours, (scene.place / "theirs").read_bytes()], 1, soon())


def _fork(scene: Scene) -> None:
    file = scene.ana.file("over")
    ours = file.read_bytes()
    scene.ana.write("over", token="theirs")
    (scene.place / "theirs").write_bytes(file.read_bytes())
    file.write_bytes(ours)
    scene.ana.forget_marks()


def _export(scene: Scene) -> None:
    (scene.place / "marks").write_text(mark_transfer.export_marks(scene.ana.store))
    scene.ana.forget_marks()


def _add_leaver(scene: Scene) -> None:
    slot_changes.add_slot(scene.ana.store, Opener(slots.KEY_FILE, key_of("leaver"), "leaver"), soon())


def _remove_leaver(scene: Scene) -> None:
    store = scene.ana.store
    store.openers.give_key(key_of("ben"))
    slot_changes.remove_slot(store, "leaver", soon())


OPERATIONS = (
    Operation(
        "create with the first write", lambda scene: scene.ana.write("new", token="n"), empty=True, stepwise=True
    ),
    Operation("init", lambda scene: creation.create(scene.ana.store, soon()), empty=True, once=True),
    Operation("put where nothing is", lambda scene: scene.ana.write("new", if_version=Expected.ANY, token="n")),
    Operation("put over", _replace),
    Operation("put where something was", lambda scene: scene.ana.write("gone", token="back")),
    Operation("delete", lambda scene: scene.ana.delete("kept")),
    Operation("rotate", lambda scene: rotation.rotate(scene.ana.store, soon())),
    Operation("rotate now", lambda scene: rotation.rotate_now(scene.ana.store, soon()), stepwise=True),
    Operation(
        "slot add",
        lambda scene: slot_changes.add_slot(scene.ana.store, Opener(slots.KEY_FILE, key_of("cleo"), "cleo"), soon()),
        once=True,
        labels=("ben", "cleo"),
    ),
    Operation(
        "slot remove",
        lambda scene: slot_changes.remove_slot(scene.ana.store, "ben", soon()),
        once=True,
        stepwise=True,
    ),
    Operation(
        "slot remove, others stay",
        _remove_leaver,
        set_up=_add_leaver,
        once=True,
        stepwise=True,
        labels=("ben", "leaver"),
    ),
    Operation(
        "accept",
        lambda scene: _acknowledged(acceptance.accept(scene.ana.store, ["over"], soon())),
        set_up=_roll_back,
        once=True,
    ),
    Operation(
        "accept all",
        lambda scene: _acknowledged(acceptance.accept_all(scene.ana.store, soon())),
        set_up=_roll_back,
        once=True,
    ),
    Operation("merge", _merge, set_up=_fork),
    Operation(
        "marks import",
        lambda scene: mark_transfer.import_marks(scene.ana.store, (scene.place / "marks").read_text(), soon()),
        set_up=_export,
    ),
    Operation("first look", lambda scene: scene.ana.read("over"), set_up=lambda scene: scene.ana.forget_marks()),
)
