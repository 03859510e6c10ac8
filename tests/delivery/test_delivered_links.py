"""A fixed path leads to a delivered file while the run lasts; what a person has there is never touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orqo_vault import Vault
from orqo_vault.errors import DeliveryError, EnvironmentConflictError
from tests.delivery.stage import open_vault, token


def with_link(folder: Path, path: str) -> Vault:
    return open_vault(folder, token("key", f"{{token: {{as: file, path: {path}}}}}"), {"key": {"token": "kanari"}})


def test_the_path_leads_to_the_file_and_is_gone_after_the_run(tmp_path: Path, home: Path) -> None:
    (home / ".tool").mkdir()
    link = home / ".tool" / "key.pem"
    with with_link(tmp_path, "~/.tool/key.pem").prepare(only=["key"]) as run:
        assert link.read_text() == "kanari"
        assert os.readlink(link) == run.environment["KEY_FILE"]
    assert not os.path.lexists(link)


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing", "link of another program"])
def test_what_is_there_stays_and_stops_the_run(tmp_path: Path, runtime: Path, kind: str) -> None:
    path = tmp_path / "there"
    {
        "file": lambda: path.write_text("mine"),
        "folder": path.mkdir,
        "link to nothing": lambda: path.symlink_to(tmp_path / "nowhere"),
        "link of another program": lambda: path.symlink_to(runtime / "orqo-vault.1.2" / "key"),
    }[kind]()
    before = _as_it_stands(path)
    with pytest.raises(DeliveryError, match="it stays as it is"):
        with_link(tmp_path, str(path)).prepare(only=["key"])
    assert _as_it_stands(path) == before


def _as_it_stands(path: Path) -> tuple[int, ...]:
    """Return what says that something was replaced or written; looking at a link is no harm."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="No such file or directory") as caught:
        with_link(tmp_path, str(tmp_path / "no" / "key")).prepare(only=["key"])
    assert caught.value.hint == "its folder must be there and writable"
    assert not (tmp_path / "no").exists()


def test_a_link_that_somebody_replaced_is_not_taken_away(tmp_path: Path) -> None:
    link = tmp_path / "key"
    with with_link(tmp_path, str(link)).prepare(only=["key"]):
        link.unlink()
        link.write_text("mine now")
    assert link.read_text() == "mine now"


def test_a_link_into_memory_that_is_gone_is_replaced(tmp_path: Path, runtime: Path) -> None:
    """After a restart of the machine nobody remembers the run, but the link is still on the disk."""
    link = tmp_path / "key"
    link.symlink_to(runtime / "orqo-vault.4000000.5.0123456789abcdef" / "key.token")
    with with_link(tmp_path, str(link)).prepare(only=["key"]):
        assert link.read_text() == "kanari"
    assert not os.path.lexists(link)


def test_the_second_run_for_one_path_is_refused_and_the_first_keeps_it(tmp_path: Path) -> None:
    link = tmp_path / "key"
    vault = with_link(tmp_path, str(link))
    with vault.prepare(only=["key"]):
        with pytest.raises(DeliveryError, match="it stays as it is"):
            vault.prepare(only=["key"])
        assert link.read_text() == "kanari"


def test_two_credentials_for_one_path_stop_the_run_before_anything_is_read(tmp_path: Path) -> None:
    declared = "".join(token(id, "{token: {as: file, path: ~/.key}}") for id in "ab")
    with pytest.raises(EnvironmentConflictError, match=r"~/\.key would be made by 'a' \(token\) and 'b' \(token\)"):
        open_vault(tmp_path, declared, {}).plan(only=["a", "b"])
