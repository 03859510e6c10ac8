"""Things that are no files of ours: links, pipes, folders, endless files. Noticed at once, never followed or read."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from orqo_vault.errors import BackendError, CorruptSecretError

from .machines import Machine, at, soon


def _link_elsewhere(file: Path) -> None:
    target = file.with_name(f"elsewhere-{file.name}")
    file.rename(target)
    file.symlink_to(target)


def _dangling(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


def _loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


def _fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _device(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def _socket(file: Path) -> None:
    file.unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(file.parent, os.O_RDONLY)
        try:
            listening.bind(f"/proc/self/fd/{here}/{file.name}")
        finally:
            os.close(here)


def _sparse(file: Path) -> None:
    with file.open("wb") as written:
        written.truncate(1 << 30)


STRANGE = {
    "a link to the file": _link_elsewhere,
    "a dangling link": _dangling,
    "a link to itself": _loop,
    "a pipe": _fifo,
    "a folder": _folder,
    "a link to a device": _device,
    "a socket": _socket,
    "a gigabyte of nothing": _sparse,
}


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("name", ["header", "slots/*", "epochs/*", "c/*.sealed"])
def test_a_strange_file_is_corrupt_and_neither_absent_nor_followed(
    machine: Machine, name: str, change: Callable[[Path], None]
) -> None:
    machine.write("mail", token="x")
    machine.forget_marks()
    (file,) = machine.folder.glob(name)
    change(file)

    with pytest.raises(CorruptSecretError) as caught:
        machine.read("mail")

    assert file.name in str(caught.value)
    assert not machine.backend().check([at("mail")], deadline=soon()).usable


@pytest.mark.parametrize("name", ["slots", "epochs", "c"])
def test_a_linked_folder_is_not_followed(machine: Machine, name: str) -> None:
    machine.write("mail", token="x")
    (machine.folder / name).rename(machine.project / "moved")
    (machine.folder / name).symlink_to(machine.project / "moved")

    with pytest.raises(CorruptSecretError, match=f"/{name}"):
        machine.read("mail")
    with pytest.raises(CorruptSecretError):
        machine.write("mail")


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_a_strange_mark_is_an_error(machine: Machine, change: Callable[[Path], None]) -> None:
    machine.write("mail", token="x")
    (mark,) = machine.mark_files()
    change(mark)

    with pytest.raises(BackendError):
        machine.read("mail")


def test_a_strange_file_is_replaced_by_a_write_and_what_it_led_to_is_not_touched(machine: Machine) -> None:
    machine.write("mail", token="x")
    victim = machine.project / "victim"
    victim.write_text("precious")
    machine.file("mail").unlink()
    machine.file("mail").symlink_to(victim)
    (machine.folder / "c" / ".tmp-c-mail.sealed").symlink_to(victim)

    machine.write("mail", token="y")

    assert victim.read_text() == "precious"
    assert not machine.file("mail").is_symlink()
    assert machine.read("mail") == {"token": "y"}


def test_a_linked_lock_file_is_not_followed(machine: Machine) -> None:
    machine.write("mail", token="x")
    (machine.folder / ".lock").unlink()
    (machine.folder / ".lock").symlink_to(machine.project / "made-by-us")

    with pytest.raises(BackendError):
        machine.write("mail")

    assert not (machine.project / "made-by-us").exists()


def test_the_store_itself_may_be_reached_through_a_link(machine: Machine) -> None:
    machine.write("mail", token="x")
    machine.folder.rename(machine.project / "moved")
    machine.folder.symlink_to(machine.project / "moved")

    assert machine.read("mail") == {"token": "x"}


def test_listing_names_strange_files_and_waits_for_none(machine: Machine) -> None:
    for path in ("fifo", "folder", "link", "fine"):
        machine.write(path)
    _fifo(machine.file("fifo"))
    _folder(machine.file("folder"))
    _dangling(machine.file("link"))
    (machine.folder / "c" / "README").write_text("not ours")

    assert machine.paths() == ["fifo", "fine", "folder", "link"]


def test_a_file_in_the_place_of_the_store_is_named(machine: Machine) -> None:
    machine.folder.write_text("not a folder")

    for act in (lambda: machine.read("mail"), lambda: machine.write("mail"), machine.paths):
        with pytest.raises(BackendError, match=r"\.orqo-vault is not a directory"):
            act()
