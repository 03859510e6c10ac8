"""A file is replaced as one step, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.edit.replacing import replace_content, sweep
from orqo_vault.errors import SettingsError

OLD = b"version: 1\n"
NEW = b"version: 1\n# more\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orqo-vault.yaml"
    path.write_bytes(OLD)
    return path


def test_mode_is_kept(file: Path) -> None:
    file.chmod(0o640)

    assert replace_content(file, OLD, NEW)

    assert file.read_bytes() == NEW
    assert file.stat().st_mode & 0o7777 == 0o640
    assert os.listdir(file.parent) == [file.name]


def test_a_symlink_stays_and_its_target_is_written(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.yaml"
    link.parent.mkdir()
    link.symlink_to(file)

    assert replace_content(link, OLD, NEW)

    assert link.is_symlink()
    assert file.read_bytes() == NEW


def test_what_somebody_else_wrote_is_not_overwritten(file: Path) -> None:
    file.write_bytes(b"theirs\n")

    assert not replace_content(file, OLD, NEW)

    assert file.read_bytes() == b"theirs\n"
    assert os.listdir(file.parent) == [file.name]


def test_a_file_that_another_editor_is_just_putting_back_is_left_to_it(file: Path) -> None:
    file.unlink()

    assert not replace_content(file, OLD, NEW)

    assert os.listdir(file.parent) == []


def test_a_file_that_appeared_meanwhile_is_not_overwritten(file: Path) -> None:
    assert not replace_content(file, None, NEW)
    assert file.read_bytes() == OLD


def test_a_read_only_file_is_refused_even_for_root(file: Path) -> None:
    file.chmod(0o444)

    with pytest.raises(SettingsError, match="read-only"):
        replace_content(file, OLD, NEW)

    assert file.read_bytes() == OLD


def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "orqo-vault.prod.yaml"
    before = os.umask(0o027)
    try:
        assert replace_content(path, None, NEW)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o640


STEPS = ["open", "fchmod", "write", "fsync", "replace"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=errno.errorcode.get)
def test_a_step_that_fails_leaves_the_old_file_and_nothing_else(
    file: Path, step: str, error: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(os, step)

    def failing(*args: Any, **kwargs: Any) -> Any:
        if step == "open" and not args[1] & os.O_CREAT:
            return real(*args, **kwargs)
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patched:
        patched.setattr(os, step, failing)
        with pytest.raises(SettingsError, match=os.strerror(error)):
            replace_content(file, OLD, NEW)

    assert file.read_bytes() == OLD
    assert os.listdir(file.parent) == [file.name]


def test_a_full_disk_half_way_leaves_the_old_file_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def half(descriptor: int, rest: memoryview) -> int:
        if len(rest) < len(NEW):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, rest[: len(rest) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half)
        with pytest.raises(SettingsError, match="No space left"):
            replace_content(file, OLD, NEW)

    assert file.read_bytes() == OLD
    assert os.listdir(file.parent) == [file.name]


def test_short_writes_are_continued(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, rest: real(descriptor, rest[:3]))
        assert replace_content(file, OLD, NEW)

    assert file.read_bytes() == NEW


def test_ctrl_c_leaves_the_old_file_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            replace_content(file, OLD, NEW)

    assert file.read_bytes() == OLD
    assert os.listdir(file.parent) == [file.name]


def test_what_a_killed_edit_left_is_swept_and_nothing_else(file: Path) -> None:
    folder = file.parent
    ours = folder / ".orqo-vault.yaml.0123456789abcdef.tmp"
    others = [".orqo-vault.yaml.swp", ".orqo-vault.yaml.tmp", ".orqo-vault.prod.yaml.0123456789abcdef.tmp", "notes"]
    for name in [ours.name, *others]:
        (folder / name).write_bytes(b"x")

    sweep(file)

    assert sorted(os.listdir(folder)) == sorted([file.name, *others])
