"""One operation under trial: the states before and after it, and the judgement of a state that a failure left."""

from __future__ import annotations

from pathlib import Path

from orqo_vault_file.upkeep import rotation

from orqo_vault.errors import OrqoVaultError

from ..machines import soon
from .operations import Operation
from .scene import Scene, Seen
from .seam import Counting, through


class Trial:
    """Knows what an operation may leave behind: all of it or nothing, and that it can be done again."""

    def __init__(self, operation: Operation, place: Path) -> None:
        self.operation = operation
        self.scene = Scene(place / "scene", operation.labels)
        counting = Counting()
        with through(Counting()):
            operation.start(self.scene)
            self.old = self.scene.look()
            self.scene.restore()
            with through(counting):
                operation.do(self.scene)
            self.new = self.scene.look()
        self.kinds = counting.kinds
        """The calls it makes when nothing fails."""

    def look(self) -> Seen:
        """Return what can be seen now."""
        with through(Counting()):
            return self.scene.look()

    def complaints(self, *, done: bool) -> list[str]:
        """Return what is wrong with the state that a failed attempt left; ``done``: it said that it was done."""
        with through(Counting()):
            return self._complaints(done)

    def _complaints(self, done: bool) -> list[str]:
        seen = self.scene.look()
        found = []
        if seen != self.new and (done or (seen != self.old and not self._half_done(seen))):
            found.append(f"neither old nor new: {seen}" if not done else f"not what was acknowledged: {seen}")
        try:
            self._again(seen)
        except OrqoVaultError as error:
            return [*found, f"cannot be done again: {error!r}"]
        again = self.scene.look()
        if again != self.new:
            found.append(f"done again it ends as {again}")
        return found + [f"left over: {name}" for name in self.scene.leftovers()]

    def _again(self, seen: Seen) -> None:
        """Do it once more, as a user would whom an error told that it may not be done."""
        try:
            self.operation.do(self.scene)
        except OrqoVaultError:
            if not self.operation.once or (seen != self.new and not self.operation.stepwise):
                raise
            if self.operation.stepwise:
                rotation.rotate_now(self.scene.ana.store, soon())
        self.scene.ana.write("probe", token="next")
        if self.scene.ana.read("probe") != {"token": "next"}:
            raise OrqoVaultError("the next write cannot be read")

    def _half_done(self, seen: Seen) -> bool:
        """Tell whether only the store around the secrets, or who can open it, is in between."""
        calm = seen.secrets == self.old.secrets and seen.problems in (self.old.problems, self.new.problems)
        return self.operation.stepwise and calm
