"""A store in git: branches that merge, bisects, older checkouts, clones that changed line endings."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from .people import Person


@pytest.fixture
def with_others(repository: Person) -> Person:
    """Ana's repository with more than one secret."""
    repository.set("github", "gh-1")
    repository("set", "mail", "--from-json", "-", stdin='{"username": "ana", "password": "pw-1"}')
    repository.commit("more secrets")
    return repository


@pytest.mark.parametrize(("rounds", "count"), [(2, 6), pytest.param(25, 60, marks=pytest.mark.slow)])
def test_branches_that_rotate_edit_and_add_slots_merge_whole(
    repository: Person, cloned: Callable[..., Person], rounds: int, count: int
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    repository.declare(count)
    repository.commit("declarations")
    ben = cloned("ben")
    expected = {"openai": "sk-1"}
    for turn in range(rounds):
        ids = [f"c{number}" for number in range(count)]
        chance.shuffle(ids)
        for person, mine in ((repository, ids[: count // 2]), (ben, ids[count // 2 :])):
            person("store", "rotate")
            for credential in chance.sample(mine, min(len(mine), 8)):
                expected[credential] = f"{person.name} {turn}"
                person.set(credential, expected[credential])
            label = f"{person.name}-{turn}"
            if turn < 5:
                person("store", "slot", "add", "--key-file", str(person.home / label), "--label", label)
            person.commit(f"{person.name}, turn {turn}")
        ben.git("pull", "-q", "--no-edit", "--no-rebase", "origin", "main")
        assert ben.conflicts() == []
        repository.git("pull", "-q", str(ben.project), "main")

        for person in (repository, ben):
            assert {credential: person.get(credential) for credential in expected} == expected, f"seed {seed}"
    state = repository("store", "verify", "--json").json
    assert state["epochs"] == 1 + 2 * rounds
    assert state["slots"] == 1 + 2 * min(rounds, 5)
    for turn in range(min(rounds, 5)):
        for person in (repository, ben):
            key_file = str(person.home / f"{person.name}-{turn}")
            other = cloned(f"{person.name}-{turn}", key=None)
            assert other("get", "openai", ORQO_VAULT_KEY_FILE=key_file).out == "sk-1"


def test_who_rotated_everything_does_not_refuse_what_the_other_branch_wrote(
    with_others: Person, cloned: Callable[..., Person]
) -> None:
    """Ana requires a greater height from now on; Ben's branch, which could not know, is sealed below it."""
    ben = cloned("ben")
    ben.set("github", "gh-ben")
    ben.commit("ben edits")
    with_others("store", "rotate", "--now")
    with_others.commit("ana rotates everything")
    with_others.git("fetch", "-q", str(ben.project), "main")
    assert with_others.try_git("merge", "-q", "FETCH_HEAD").status == 1
    assert with_others.conflicts() == [".orqo-vault/c/c-github.sealed"]

    with_others("store", "merge", "--theirs")

    assert with_others.get("github") == "gh-ben"
    with_others.git("commit", "-qm", "merged")
    ben.git("pull", "-q", str(with_others.project), "main")
    assert ben.get("github") == "gh-ben"


def test_a_slot_removed_on_one_branch_while_the_other_rotates_can_be_repaired(
    with_others: Person, cloned: Callable[..., Person]
) -> None:
    """Ben's new epoch is sealed under the old master key, which the merge leaves in no slot."""
    with_others("store", "slot", "add", "--key-file", str(with_others.home / "eve"), "--label", "eve")
    with_others.commit("a slot for eve")
    ben = cloned("ben")
    with_others("store", "slot", "remove", "eve", "--yes")
    with_others.commit("without eve")
    ben("store", "rotate")
    ben.set("github", "gh-ben")
    ben.commit("ben rotates and edits")
    with_others.git("fetch", "-q", str(ben.project), "main")
    assert with_others.try_git("merge", "-q", "FETCH_HEAD").status == 1
    assert with_others.get("openai") == "sk-1"

    stuck = with_others.try_("store", "merge", "--theirs")
    assert stuck.status == 8
    assert "github: what is theirs does not open" in stuck.err
    assert "git checkout --ours" in stuck.err
    blocked = with_others.try_("set", "openai", stdin="x")
    assert blocked.status == 8
    assert "store prune" in blocked.err

    with_others.git("checkout", "--ours", ".orqo-vault/c/c-github.sealed")
    with_others.git("add", "-A")
    assert len(with_others("store", "prune", "--yes", "--json").json["dropped"]) >= 1
    with_others.set("github", "gh-ben")
    with_others.commit("merged")
    ben.git("pull", "-q", str(with_others.project), "main")
    assert ben.try_("get", "github").status == 8  # his machine has seen another master key at that height
    ben("store", "accept", "--all", "--yes")
    ben.commit("accepted")
    with_others.git("pull", "-q", str(ben.project), "main")
    for person in (with_others, ben):
        assert (person.get("github"), person.get("openai")) == ("gh-ben", "sk-1")
        assert person("store", "verify").status == 0
    assert ben.try_("get", "github", ORQO_VAULT_KEY=(with_others.home / "eve").read_text()).status == 5


def test_a_slot_added_on_one_branch_while_another_is_removed_has_to_be_added_again(
    with_others: Person, cloned: Callable[..., Person]
) -> None:
    with_others("store", "slot", "add", "--key-file", str(with_others.home / "eve"), "--label", "eve")
    with_others.commit("a slot for eve")
    ben = cloned("ben")
    with_others("store", "slot", "remove", "eve", "--yes")
    with_others.commit("without eve")
    carl = str(ben.home / "carl")
    ben("store", "slot", "add", "--key-file", carl, "--label", "carl")
    ben.commit("a slot for carl")
    ben.git("pull", "-q", "--no-edit", "--no-rebase", str(with_others.project), "main")
    assert ben.get("github") == "gh-1"
    locked = ben.try_("get", "github", ORQO_VAULT_KEY="", ORQO_VAULT_KEY_FILE=carl)
    assert locked.status == 5
    assert "slot add --existing" in locked.err

    ben("store", "slot", "add", "--key-file", carl, "--existing", "--label", "carl")

    assert ben("get", "github", ORQO_VAULT_KEY="", ORQO_VAULT_KEY_FILE=carl).out == "gh-1"
    assert ben.try_("get", "github", ORQO_VAULT_KEY=(with_others.home / "eve").read_text()).status == 5


def test_a_bisect_is_refused_until_the_user_says_that_older_is_meant(repository: Person) -> None:
    script = repository.project / "broken"
    script.write_text("no")
    good = repository.commit("good")
    for number in range(2, 7):
        repository.set("openai", f"sk-{number}")
        if number == 4:
            script.write_text("yes")
        bad = repository.commit(f"key {number}")
    first_bad = repository.git("rev-list", "--reverse", f"{good}..{bad}").split()[2]
    test = repository.home / "test.sh"
    test.write_text(f"{sys.executable} -m orqo_vault run -- sh -c 'echo with $OPENAI_API_KEY; grep -q no broken'\n")

    repository.git("bisect", "start", bad, good)
    refused = repository.try_git("bisect", "run", "sh", str(test))
    assert "the store holds" in refused.out + refused.err
    assert "only 'skip'ped commits left" in refused.out + refused.err  # 125: not a verdict about the commit
    repository.git("bisect", "reset")

    repository.user_config.write_text("rollback: warn\n")
    repository.user_config.chmod(0o600)
    repository.git("bisect", "start", bad, good)
    found = repository.try_git("bisect", "run", "sh", str(test))

    assert f"{first_bad} is the first bad commit" in found.out
    assert "with sk-4" in found.out
    assert "warning: openai: this machine has seen generation 6, and the store holds" in found.out + found.err


def test_the_users_word_is_not_taken_from_the_project(repository: Person) -> None:
    settings = repository.project / "orqo-vault.yaml"
    settings.write_text(settings.read_text().replace("version: 1\n", "version: 1\nrollback: warn\n"))
    done = repository.try_("get", "openai")
    assert done.status == 4
    assert "rollback" in done.err


def test_an_older_checkout_is_refused_and_accepting_it_repairs_every_clone(
    repository: Person, cloned: Callable[..., Person]
) -> None:
    older = repository.git("rev-parse", "HEAD").strip()
    repository.set("openai", "sk-2")
    repository.set("openai", "sk-3")
    repository.commit("newer")
    ben = cloned("ben")
    assert ben.get("openai") == "sk-3"

    repository.git("checkout", "-q", older, "--", ".orqo-vault")
    repository.git("commit", "-qm", "back to the old key")
    for person in (repository, ben):
        if person is ben:
            ben.git("pull", "-q")
        done = person.process("get", "openai")
        assert done.status == 8
        assert "openai: this machine has seen generation 3, and the store holds 1" in done.err
        assert "store accept openai" in done.err
        assert person("get", "openai", "--allow-older").out == "sk-1"
        assert person.try_("get", "openai").status == 8  # once means once

    repository("store", "accept", "openai")
    repository.commit("accepted")

    ben.git("pull", "-q")
    assert (repository.get("openai"), ben.get("openai")) == ("sk-1", "sk-1")
    ben.set("openai", "sk-4")
    assert ben.generation("openai") == 5


def test_a_whole_older_store_is_repaired_too(with_others: Person, cloned: Callable[..., Person]) -> None:
    older = with_others.git("rev-parse", "HEAD~1").strip()
    with_others("store", "rotate", "--now")
    with_others.commit("rotated")
    ben = cloned("ben")
    assert ben.get("github") == "gh-1"
    with_others.git("rm", "-rq", ".orqo-vault")
    with_others.git("checkout", "-q", older, "--", ".orqo-vault")
    assert with_others.try_("get", "openai").status == 8

    with_others("store", "accept", "--all", "--yes")

    with_others.commit("the old store, accepted")
    ben.git("pull", "-q")
    for person in (with_others, ben):
        assert person.get("openai") == "sk-1"
        assert person.try_("get", "github").status == 3


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf"])
def test_line_endings_survive_a_clone_that_changes_them(
    repository: Person, cloned: Callable[..., Person], setting: str
) -> None:
    (repository.project / "notes.txt").write_text("one\ntwo\n")
    (repository.project / ".gitattributes").write_text("*.txt text\n")
    repository.commit("a text")
    ben = cloned("ben", options=("-c", setting))
    assert b"\r\n" in (ben.project / "notes.txt").read_bytes()

    assert ben.get("openai") == "sk-1"
    ben.set("openai", "sk-2")
    ben.commit("back")
    repository.git("pull", "-q", str(ben.project), "main")
    assert repository.get("openai") == "sk-2"


def test_changed_line_endings_are_named_as_what_they_are(repository: Person, cloned: Callable[..., Person]) -> None:
    (repository.folder / ".gitattributes").unlink()
    repository.commit("no attributes")
    ben = cloned("ben", options=("-c", "core.autocrlf=true"))

    done = ben.process("get", "openai")

    assert done.status == 8
    assert "has carriage returns" in done.err
    assert "git changed its line endings" in done.err


def test_git_is_asked_to_keep_neither_locks_nor_unfinished_files(repository: Person) -> None:
    (repository.folder / ".tmp-rotation").write_text("0" * 16)
    (repository.folder / "c" / ".tmp-c-openai.sealed").write_text("cut")
    repository.set("openai", "sk-2")
    repository.git("add", "-A")
    names = repository.git("ls-files").split()
    assert [name for name in names if "lock" in name or "tmp" in name] == []
