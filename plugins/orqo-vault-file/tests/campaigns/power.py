"""A model of a disk that loses its power: what was flushed stays, of the rest the kernel may have kept any part.

Of each folder the changes since its last flush survive up to some point, independently of other folders; of each
file that was not flushed survives nothing, its length or all. ``rename`` is atomic. That is all POSIX promises.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Files = dict[Path, bytes]


class File:
    """Content now, and as of the last flush."""

    def __init__(self, content: bytes = b"") -> None:
        self.now = self.flushed = content

    @property
    def dirty(self) -> bool:
        return self.now != self.flushed

    def survivors(self) -> list[bytes]:
        return [self.flushed, bytes(len(self.now)), self.now]


class Folder:
    """Entries as of the last flush, and what was changed since then, in order."""

    def __init__(self) -> None:
        self.flushed: dict[str, File | Folder] = {}
        self.changes: list[dict[str, File | Folder | None]] = []

    def after(self, count: int) -> dict[str, File | Folder]:
        """Return the entries when that many of the changes survived."""
        entries: dict[str, File | Folder | None] = dict(self.flushed)
        for change in self.changes[:count]:
            entries |= change
        return {name: node for name, node in entries.items() if node is not None}

    def now(self) -> dict[str, File | Folder]:
        return self.after(len(self.changes))

    def flush(self) -> None:
        self.flushed, self.changes = self.now(), []


class Disk:
    """Everything below one folder, flushed when the model is made."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._top = self._scan(place)

    def _scan(self, place: Path) -> Folder:
        folder = Folder()
        for each in place.iterdir():
            folder.flushed[each.name] = self._scan(each) if each.is_dir() else File(each.read_bytes())
        return folder

    def node(self, path: Path) -> File | Folder | None:
        found: File | Folder | None = self._top
        for part in path.relative_to(self._place).parts:
            found = found.now().get(part) if isinstance(found, Folder) else None
        return found

    def change(self, *moved: tuple[Path, File | Folder | None]) -> None:
        """Give names in one folder another meaning, all at once."""
        folder = self.node(moved[0][0].parent)
        assert isinstance(folder, Folder)
        folder.changes.append({path.name: node for path, node in moved})

    def unflush(self, path: Path) -> None:
        """Let a file be as it is when its writer died just before the flush."""
        folder, file = self.node(path.parent), self.node(path)
        assert isinstance(folder, Folder)
        assert isinstance(file, File)
        del folder.flushed[path.name]
        folder.changes.append({path.name: file})
        file.flushed = b""

    def flush(self, path: Path) -> None:
        node = self.node(path)
        if isinstance(node, Folder):
            node.flush()
        elif node is not None:
            node.flushed = node.now

    def survivors(self, most: int, chance: random.Random) -> Iterator[tuple[Files, set[Path]]]:
        """Yield what may be found after a power cut now: files and folders; at most so many, drawn by chance."""
        folders, files = [], []
        for node in self._nodes(self._top):
            if isinstance(node, Folder) and node.changes:
                folders.append(node)
            elif isinstance(node, File) and node.dirty:
                files.append(node)
        points = [range(len(folder.changes) + 1) for folder in folders]
        ways = list(itertools.product(*points, *(file.survivors() for file in files)))
        for way in chance.sample(ways, min(most, len(ways))):
            chosen = dict(zip(map(id, (*folders, *files)), way, strict=True))
            found: tuple[Files, set[Path]] = ({}, {self._place})
            _lay_out(self._top, self._place, chosen, *found)
            yield found

    def _nodes(self, node: File | Folder) -> Iterator[File | Folder]:
        """Yield every node that has a name now or may have one again."""
        yield node
        if isinstance(node, Folder):
            reachable = [*node.flushed.values(), *(new for change in node.changes for new in change.values() if new)]
            for each in {id(each): each for each in reachable}.values():
                yield from self._nodes(each)


def _lay_out(folder: Folder, place: Path, chosen: dict[int, Any], files: Files, folders: set[Path]) -> None:
    for name, node in folder.after(chosen.get(id(folder), len(folder.changes))).items():
        if isinstance(node, Folder):
            folders.add(place / name)
            _lay_out(node, place / name, chosen, files, folders)
        else:
            files[place / name] = chosen.get(id(node), node.now)


class Recorder:
    """Does every call but the flushes and repeats it on the model; ``look`` is called after each that changes it.

    The flush with the number ``forgotten``, from 0, is left out. ``flushed`` names what was flushed.
    """

    def __init__(self, disk: Disk, look: Callable[[], None], forgotten: int | None = None) -> None:
        self._disk = disk
        self._look = look
        self._forgotten = forgotten
        self._paths: dict[int, Path] = {}
        self.flushed: list[Path] = []

    def __call__(self, name: str, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        repeated = getattr(self, f"_{name}", None)
        return call(*arguments, **more) if repeated is None else repeated(call, *arguments, **more)

    def _path(self, name: str, folder: int | None) -> Path:
        return Path(name) if folder is None else self._paths[folder] / name

    def _changed(self, *moved: tuple[Path, File | Folder | None]) -> None:
        self._disk.change(*moved)
        self._look()

    def _open(self, call: Callable[..., int], name: str, flags: int, *rest: int, dir_fd: int | None = None) -> int:
        path = self._path(name, dir_fd)
        descriptor = call(name, flags, *rest, dir_fd=dir_fd)
        self._paths[descriptor] = path
        if flags & os.O_CREAT and self._disk.node(path) is None:
            self._changed((path, File()))
        return descriptor

    def _mkdir(self, call: Callable[..., None], name: str, mode: int, *, dir_fd: int | None = None) -> None:
        call(name, mode, dir_fd=dir_fd)
        self._changed((self._path(name, dir_fd), Folder()))

    def _unlink(self, call: Callable[..., None], name: str, *, dir_fd: int) -> None:
        call(name, dir_fd=dir_fd)
        self._changed((self._path(name, dir_fd), None))

    def _rename(self, call: Callable[..., None], old: str, new: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        call(old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        before, after = self._path(old, src_dir_fd), self._path(new, dst_dir_fd)
        self._changed((before, None), (after, self._disk.node(before)))

    def _write(self, call: Callable[..., int], descriptor: int, data: bytes) -> int:
        count = call(descriptor, data)
        node = self._disk.node(self._paths[descriptor])
        assert isinstance(node, File)
        node.now += bytes(data[:count])
        self._look()
        return count

    def _fsync(self, _: Callable[..., None], descriptor: int) -> None:
        self.flushed.append(self._paths[descriptor])
        if len(self.flushed) - 1 != self._forgotten:
            self._disk.flush(self._paths[descriptor])
            self._look()
