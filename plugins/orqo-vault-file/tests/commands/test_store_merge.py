"""One secret changed on two branches: git leaves our whole file, ``store merge`` lets somebody choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .people import Person, ended


@pytest.fixture
def shared(repository: Person) -> Person:
    """Ana, with one more secret in the committed store."""
    repository("set", "mail", "--from-json", "-", stdin='{"username": "ana", "password": "pw-base", "port": "2525"}')
    repository.commit("a mail account")
    return repository


@pytest.fixture
def ben(shared: Person, cloned: Callable[..., Person]) -> Person:
    """Ben, who works on a branch of his own."""
    ben = cloned("ben")
    ben.git("checkout", "-qb", "side")
    return ben


@pytest.fixture
def forked(shared: Person, ben: Person) -> Person:
    """Ana on main, with a secret that Ben's branch ``side`` changed too, later and twice."""
    shared.set("mail.password", "pw-main")
    shared.commit("main changes the password")
    ben("set", "mail", "--from-json", "-", stdin='{"username": "canary", "password": "pw-base"}')
    ben.set("mail.password", "pw-side")
    ben.commit("side changes both")
    shared.git("fetch", "-q", str(ben.project), "side:side")
    return shared


@pytest.fixture
def conflicted(forked: Person) -> Person:
    """The same, with side just merged into main."""
    assert forked.try_git("merge", "side").status == 1
    assert forked.conflicts() == [".orqo-vault/c/c-mail.sealed"]
    return forked


def password(person: Person) -> str:
    return person("get", "mail.password").out


def test_until_somebody_chooses_our_side_is_whole(conflicted: Person) -> None:
    assert password(conflicted) == "pw-main"
    assert conflicted("store", "verify").status == 0


@pytest.mark.parametrize(("choice", "kept"), [("--ours", "pw-main"), ("--theirs", "pw-side"), ("--newest", "pw-side")])
def test_the_chosen_side_is_sealed_above_both_and_staged(conflicted: Person, choice: str, kept: str) -> None:
    done = conflicted.process("store", "merge", choice, "--json")

    assert done.status == 0, done.err
    (merged,) = done.json["merged"]
    assert (merged["path"], merged["generation"], done.json["left"]) == ("mail", 4, 0)
    assert password(conflicted) == kept
    assert conflicted.conflicts() == []
    conflicted.git("commit", "-qm", "merged")
    assert conflicted.git("status", "--porcelain") == ""


def test_the_merged_secret_passes_on_the_other_machine(conflicted: Person, ben: Person) -> None:
    conflicted("store", "merge", "--ours")
    conflicted.git("commit", "-qm", "merged")
    ben.git("pull", "-q", str(conflicted.project), "main")
    assert password(ben) == "pw-main"


def test_names_and_times_are_shown_and_no_value(conflicted: Person) -> None:
    done = conflicted.try_("store", "merge")

    assert done.status == 2
    assert "nobody is there to choose" in done.err
    assert "mail: changed on both branches since generation 1" in done.err
    (ours,) = [line for line in done.err.splitlines() if line.startswith("  ours")]
    (theirs,) = [line for line in done.err.splitlines() if line.startswith("  theirs")]
    assert "generation 2" in ours
    assert ours.endswith("Z  changed: password")
    assert "generation 3" in theirs
    assert theirs.endswith("Z  changed: password, username; removed: port")
    assert "pw-" not in done.err
    assert "canary" not in done.err
    assert conflicted.conflicts()


def test_at_a_terminal_one_is_asked_for_each(conflicted: Person) -> None:
    session = conflicted.terminal("store", "merge")
    session.expect("Which mail stays")
    session.sendline("skip")
    assert ended(session) == 0
    assert conflicted.conflicts()

    session = conflicted.terminal("store", "merge", "mail")
    session.expect("Which mail stays")
    session.sendline("theirs")
    session.expect("theirs, sealed as generation 4 and staged")
    assert ended(session) == 0
    assert password(conflicted) == "pw-side"
    assert not conflicted.conflicts()


def test_a_deleted_side_can_be_kept(forked: Person) -> None:
    forked("delete", "mail", "--yes")
    (forked.project / "orqo-vault.yaml").write_bytes(forked.git("show", "HEAD:orqo-vault.yaml").encode())
    forked.commit("main deletes it")
    assert forked.try_git("merge", "side").status == 1

    done = forked("store", "merge", "--ours")

    assert "deleted" in done.err
    assert forked.try_("get", "mail.password").status == 3
    assert forked("store", "verify", "--json").json["deleted"] == ["mail"]


def test_a_side_that_removed_the_file_cannot_be_kept_but_the_other_can(shared: Person, ben: Person) -> None:
    shared.set("mail.password", "pw-main")
    shared.commit("main edits")
    ben.git("rm", "-q", ".orqo-vault/c/c-mail.sealed")
    ben.commit("side removes the file by hand")
    shared.git("fetch", "-q", str(ben.project), "side:side")
    assert shared.try_git("merge", "side").status == 1

    refused = shared.try_("store", "merge", "--theirs")
    assert refused.status == 9
    assert "theirs  the file is missing" in refused.err
    assert "a missing file is no deleted secret" in refused.err
    shared("store", "merge", "--ours")
    assert shared.get("mail.password") == "pw-main"
    assert not shared.conflicts()


def test_one_id_added_on_two_branches_collides(shared: Person, ben: Person) -> None:
    shared.set("github", "gh-main")
    shared.commit("main adds")
    ben.set("github", "gh-side")
    ben.commit("side adds")
    shared.git("fetch", "-q", str(ben.project), "side:side")

    assert shared.try_git("merge", "side").status == 1

    assert shared.conflicts() == [".orqo-vault/c/c-github.sealed"]
    assert shared.get("github") == "gh-main"
    assert "fields: token" in shared("store", "merge", "--theirs").err
    assert shared.get("github") == "gh-side"
    assert shared.generation("github") == 2


def test_no_side_is_taken_unopened(conflicted: Person) -> None:
    """Somebody without a key pushed a branch with a changed line."""
    conflicted.git("merge", "--abort")
    conflicted.git("checkout", "-q", "side")
    file = conflicted.file("mail")
    file.write_bytes(file.read_bytes().replace(b"generation=3", b"generation=9"))
    conflicted.commit("forged")
    conflicted.git("checkout", "-q", "main")
    conflicted.try_git("merge", "side")
    before = file.read_bytes()

    for choice in ("--ours", "--theirs", "--newest"):
        done = conflicted.try_("store", "merge", choice)
        assert done.status == 8
        assert "was changed" in done.err
    assert file.read_bytes() == before
    assert conflicted.conflicts()


def test_two_older_sides_do_not_become_new_unnoticed(conflicted: Person) -> None:
    conflicted.git("merge", "--abort")
    for number in range(3):
        conflicted.set("mail.password", f"pw-{number}")
    conflicted.git("checkout", "-q", "--", ".")
    conflicted.try_git("merge", "side")

    done = conflicted.try_("store", "merge", "--newest")

    assert done.status == 8
    assert "this machine has seen generation 5, and both sides are older" in done.err
    assert conflicted("store", "merge", "--newest", "--allow-older").status == 0
    assert password(conflicted) == "pw-side"
    assert conflicted.generation("mail") == 6


def test_a_rebase_is_resolved_as_a_merge_is(forked: Person) -> None:
    assert forked.try_git("rebase", "side").status == 1
    forked("store", "merge", "--theirs")  # in a rebase git calls the commit that is replayed "theirs"
    forked.git("-c", "core.editor=true", "rebase", "--continue")
    assert password(forked) == "pw-main"
    assert forked.generation("mail") == 4


def test_without_attributes_git_spoils_the_file_and_the_merge_still_works(conflicted: Person) -> None:
    conflicted.git("merge", "--abort")
    for branch in ("side", "main"):
        conflicted.git("checkout", "-q", branch)
        (conflicted.folder / ".gitattributes").unlink()
        conflicted.commit("no attributes")
    conflicted.try_git("merge", "side")
    assert b"<<<<<<<" in conflicted.file("mail").read_bytes()
    assert conflicted.try_("get", "mail.password").status == 8

    conflicted("store", "merge", "--theirs")

    assert password(conflicted) == "pw-side"


def test_nothing_in_conflict_is_fine_and_a_path_without_one_is_not(repository: Person) -> None:
    assert "no conflict" in repository("store", "merge").err
    assert repository("store", "merge", "--json").json["merged"] == []
    done = repository.try_("store", "merge", "openai", "--ours")
    assert done.status == 6
    assert "git has no conflict at openai" in done.err


def test_without_git_or_outside_of_a_repository_the_error_says_so(ana: Person, tmp_path: Path) -> None:
    ana.set("openai", "sk-1")
    done = ana.try_("store", "merge")
    assert done.status == 6
    assert "not a git repository" in done.err

    done = ana.try_("store", "merge", PATH=str(tmp_path))
    assert done.status == 6
    assert "git is not installed" in done.err


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"])
def test_the_environment_does_not_send_git_elsewhere(conflicted: Person, tmp_path: Path, variable: str) -> None:
    done = conflicted.try_("store", "merge", "--ours", **{variable: str(tmp_path)})
    assert done.status == 0, done.err
    assert not conflicted.conflicts()


def test_git_inherits_no_key_and_runs_nobodys_program(conflicted: Person, tmp_path: Path) -> None:
    """A repository that was handed over as a whole folder brings its own .git/config."""
    spy = tmp_path / "spy"
    spy.write_text(f"#!/bin/sh\nenv > {tmp_path}/stolen\n")
    spy.chmod(0o700)
    hook = conflicted.project / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_bytes(spy.read_bytes())
    hook.chmod(0o700)
    conflicted.git("config", "core.fsmonitor", str(spy))
    wrapped = tmp_path / "bin" / "git"
    wrapped.parent.mkdir()
    git = conflicted.env()["PATH"]
    wrapped.write_text(f'#!/bin/sh\nenv >> {tmp_path}/inherited\nPATH="{git}" exec git "$@"\n')
    wrapped.chmod(0o700)

    key = conflicted.key_file.read_text()
    done = conflicted.try_(
        "store", "merge", "--ours", ORQO_VAULT_KEY=key, PATH=f"{wrapped.parent}:{git}", GIT_EXTERNAL_DIFF=str(spy)
    )

    assert done.status == 0, done.err
    inherited = (tmp_path / "inherited").read_text()
    assert "HOME=" in inherited
    assert "ORQO_VAULT" not in inherited
    assert "GIT_EXTERNAL_DIFF" not in inherited
    assert not (tmp_path / "stolen").exists()


def test_two_stores_made_on_two_branches_are_named_as_what_they_are(ana: Person, tmp_path: Path) -> None:
    ana.git("init", "-q")
    ana.commit("settings")
    other = Person("ben", tmp_path / "ben" / "home", tmp_path / "ben")
    other.git("clone", "-q", str(ana.project), "project")
    other.project /= "project"
    for person in (ana, other):
        person.set("openai", person.name)
        person.commit("a store")
    ana.git("fetch", "-q", str(other.project), "main")
    ana.try_git("merge", "FETCH_HEAD")

    done = ana.try_("store", "merge", "--ours")

    assert done.status == 9
    assert "two stores were made" in done.err


def test_a_slot_removed_on_both_branches_is_named_as_what_it_is(
    repository: Person, cloned: Callable[..., Person]
) -> None:
    for label in ("ben", "eve"):
        repository("store", "slot", "add", "--key-file", str(repository.home / label), "--label", label)
    repository.commit("slots")
    colleague = cloned("colleague")
    repository("store", "slot", "remove", "ben", "--yes", "--key-file", str(repository.home / "eve"))
    repository.commit("without ben")
    colleague("store", "slot", "remove", "eve", "--yes", "--key-file", str(repository.home / "ben"))
    colleague.commit("without eve")
    repository.git("fetch", "-q", str(colleague.project), "main")
    repository.try_git("merge", "FETCH_HEAD")

    done = repository.try_("store", "merge", "--ours")

    assert done.status == 9
    assert "a slot was removed on both branches" in done.err
    repository.git("rm", "-rqf", ".orqo-vault")  # what the hint says
    repository.git("checkout", "HEAD", "--", ".orqo-vault")
    assert repository.get("openai") == "sk-1"
    repository("store", "slot", "remove", "eve", "--yes")
    labels = [slot["label"] for slot in repository("store", "slot", "list", "--json").json["slots"]]
    assert labels == ["ana"]
    assert repository("store", "verify").status == 0
