"""Secret files are made in memory or not at all, unless a run allows the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from orqo_vault.delivery import memory
from orqo_vault.errors import DeliveryError
from tests.delivery.stage import open_vault, token


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder for temporary files of a machine that has no folder in memory."""
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    assert not memory.is_in_memory(str(disk)), "this test needs a temporary folder on a disk"
    monkeypatch.setattr(memory, "SHARED_MEMORY", str(disk))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(disk))
    monkeypatch.setenv("TMPDIR", str(disk))
    return disk


def test_without_memory_a_secret_file_is_refused_and_nothing_is_written(tmp_path: Path, no_memory: Path) -> None:
    vault = open_vault(tmp_path, token("cert", "file"), {"cert": {"token": "kanari"}})
    with pytest.raises(DeliveryError, match=f"no folder that is kept in memory .*{no_memory}") as caught:
        vault.prepare(only=["cert"])
    assert "allow_disk: true" in str(caught.value.hint)
    assert not list(no_memory.iterdir())


def test_a_run_may_allow_the_disk(tmp_path: Path, no_memory: Path) -> None:
    declared = (token("cert", "file"), {"cert": {"token": "kanari"}})
    vault = open_vault(tmp_path, *declared, runs="{r: {credentials: [cert], allow_disk: true}}")
    for how in ({"run": "r"}, {"only": ["cert"], "allow_disk": True}):
        with vault.prepare(**how) as run:  # type: ignore[arg-type]  # two ways to say it
            file = Path(run.environment["CERT_FILE"])
            assert (file.read_text(), file.parent.parent) == ("kanari", no_memory)
        assert not list(no_memory.iterdir())


def test_what_is_not_secret_needs_no_memory(tmp_path: Path, no_memory: Path) -> None:
    declared = "  u: {name: U, key: U, category: runtime, type: username_password, deliver: {username: file}}\n"
    with open_vault(tmp_path, declared, {"u": {"username": "ann", "password": "p"}}).prepare(only=["u"]) as run:
        assert Path(run.environment["U_USERNAME_FILE"]).read_text() == "ann"


def test_a_memfd_needs_no_folder(tmp_path: Path, no_memory: Path) -> None:
    with open_vault(tmp_path, token("t", "memfd"), {"t": {"token": "kanari"}}).prepare(only=["t"]) as run:
        assert Path(run.environment["T_FILE"]).read_text() == "kanari"
        assert not list(no_memory.iterdir())


def test_the_runtime_folder_comes_first_and_shared_memory_second(runtime: Path) -> None:
    assert memory.find_place({"XDG_RUNTIME_DIR": str(runtime)}, allow_disk=False) == str(runtime)
    assert memory.find_place({}, allow_disk=False) == "/dev/shm"


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_in_which_others_may_move_files_is_not_used(runtime: Path, mode: int) -> None:
    runtime.chmod(mode)
    assert memory.find_place({"XDG_RUNTIME_DIR": str(runtime)}, allow_disk=False) == "/dev/shm"


@pytest.mark.parametrize("folder", ["", "relative", "/dev/shm/is-not-there", "/etc/hostname"])
def test_a_runtime_folder_that_is_none_is_passed_over(folder: str) -> None:
    assert memory.find_place({"XDG_RUNTIME_DIR": folder}, allow_disk=False) == "/dev/shm"


def test_the_file_system_is_looked_at_and_not_the_name(runtime: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(runtime)
    assert memory.is_in_memory(str(link))
    assert not memory.is_in_memory("/proc")
    assert not memory.is_in_memory("/")
