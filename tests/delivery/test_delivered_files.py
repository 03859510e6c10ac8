"""A delivered file is the stored bytes, in memory, for this user only, for as long as the run lasts."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from orqo_vault.delivery.memory import is_in_memory
from orqo_vault.errors import DeliveryError, EnvironmentConflictError
from tests.delivery.stage import children, open_vault, token

PEM = {"cert": {"token": "kanari\r\n"}}


def test_a_file_is_private_and_in_memory_and_its_variable_leads_to_it(tmp_path: Path, runtime: Path) -> None:
    with open_vault(tmp_path, token("cert", "file"), PEM).prepare(only=["cert"]) as run:
        assert list(run.environment) == ["CERT_FILE"]
        file = Path(run.environment["CERT_FILE"])
        assert file.read_bytes() == b"kanari\r\n"
        assert stat.filemode(file.stat().st_mode) == "-rw-------"
        assert stat.filemode(file.parent.stat().st_mode) == "drwx------"
        assert {file.stat().st_uid, file.parent.stat().st_uid} == {os.geteuid()}
        assert file.parent.parent == runtime
        assert is_in_memory(str(file.parent))
        assert file.parent.name.startswith(f"orqo-vault.{os.getpid()}.")
    assert not list(runtime.iterdir())


@pytest.mark.parametrize("umask", [0, 0o777])
def test_the_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    vault = open_vault(tmp_path, token("cert", "file"), PEM)
    before = os.umask(umask)
    try:
        with vault.prepare(only=["cert"]) as run:
            file = Path(run.environment["CERT_FILE"])
            modes = [stat.S_IMODE(each.stat().st_mode) for each in (file, file.parent)]
    finally:
        os.umask(before)
    assert modes == [0o600, 0o700]


def test_what_stands_for_bytes_is_those_bytes_in_a_file(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, token("p12", "file", ", encoding: base64"), {"p12": {"token": "AP8QCg=="}})
    with vault.prepare(only=["p12"]) as run:
        assert Path(run.environment["P12_FILE"]).read_bytes() == b"\x00\xff\x10\n"
        assert [each.reveal() for each in run.secrets()] == ["AP8QCg=="]  # the bytes are no text that could show


def test_a_value_too_long_for_a_variable_fits_a_file(tmp_path: Path) -> None:
    with open_vault(tmp_path, token("big", "file"), {"big": {"token": "x" * 300_000}}).prepare(only=["big"]) as run:
        assert subprocess.run(["wc", "-c", run.environment["BIG_FILE"]], capture_output=True).stdout[:6] == b"300000"


def test_an_exception_in_the_block_takes_the_file_away(tmp_path: Path, runtime: Path) -> None:
    vault, others = open_vault(tmp_path, token("cert", "file"), PEM), children(os.getpid())
    with pytest.raises(KeyError), vault.prepare(only=["cert"]):
        raise KeyError
    assert not list(runtime.iterdir())
    assert children(os.getpid()) == others


def test_a_run_that_cannot_be_delivered_leaves_nothing(tmp_path: Path, runtime: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    declared = token("a", "file") + token("b", "memfd") + token("c", f"{{token: {{as: file, path: {taken}}}}}")
    vault = open_vault(tmp_path, declared, {id: {"token": id} for id in "abc"})
    before, others = os.listdir("/proc/self/fd"), children(os.getpid())
    with pytest.raises(DeliveryError, match=f"{taken}: cannot be made a link to a delivered file: there is something"):
        vault.prepare(only=["a", "b", "c"])
    assert taken.read_text() == "mine"
    assert not list(runtime.iterdir())
    assert children(os.getpid()) == others
    assert os.listdir("/proc/self/fd") == before


def test_two_runs_at_once_do_not_see_each_other(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, token("cert", "file"), PEM)
    with vault.prepare(only=["cert"]) as one:
        with vault.prepare(only=["cert"]) as other:
            assert one.environment["CERT_FILE"] != other.environment["CERT_FILE"]
        assert Path(one.environment["CERT_FILE"]).exists()


def test_a_forked_child_that_leaves_the_block_takes_nothing_away(tmp_path: Path) -> None:
    with open_vault(tmp_path, token("cert", "file"), PEM).prepare(only=["cert"]) as run:
        child = os.fork()
        if child == 0:
            run.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert Path(run.environment["CERT_FILE"]).exists()


def test_an_optional_credential_that_is_not_stored_leaves_no_variable(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, token("cert", "file", ", optional: true"), {})
    with vault.prepare(only=["cert"]) as run:
        assert run.environment == {}
        assert run.plan.needs_supervision


def test_a_name_and_a_variable_are_as_the_settings_say(tmp_path: Path) -> None:
    said = "{token: {as: file, name: account.json, variable: GOOGLE_APPLICATION_CREDENTIALS}}"
    with open_vault(tmp_path, token("g", said), {"g": {"token": "{}"}}).prepare(only=["g"]) as run:
        (variable, path), *_ = run.environment.items()
        assert (variable, Path(path).name) == ("GOOGLE_APPLICATION_CREDENTIALS", "account.json")


def test_two_credentials_for_one_file_stop_the_run_before_anything_is_read(tmp_path: Path) -> None:
    declared = "".join(token(id, "{token: {as: file, name: one.pem}}") for id in "ab")
    with pytest.raises(
        EnvironmentConflictError, match=r"file one\.pem would be made by 'a' \(token\) and 'b' \(token\)"
    ):
        open_vault(tmp_path, declared, {}).plan(only=["a", "b"])


def test_variables_alone_cannot_carry_a_file(tmp_path: Path, runtime: Path) -> None:
    vault = open_vault(tmp_path, token("cert", "file"), PEM)
    with pytest.raises(DeliveryError, match=r"cert\.token") as caught:
        vault.environment(only=["cert"])
    assert "prepare()" in str(caught.value.hint)
    assert not list(runtime.iterdir())


def test_variables_alone_may_be_named_one_after_the_other(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, token("a", "env") + token("b", "env"), {id: {"token": id} for id in "ab"})
    assert vault.environment(only=(id for id in "ab")) == {"A": "a", "B": "b"}
    assert vault.environment(only="a") == {"A": "a"}


def test_a_plan_says_what_will_be_delivered(tmp_path: Path) -> None:
    declared = token("a", "{token: {as: file, path: ~/.a}}") + token("b", "env")
    vault = open_vault(tmp_path, declared, {})
    plan = vault.plan(only=["a", "b"])
    assert [(each.name, each.deliver) for each in plan.variables] == [("A_FILE", "file"), ("B", "env")]
    assert [(each.credential, each.how, each.link) for each in plan.deliveries] == [("a", "file", "~/.a")]
    assert (plan.needs_supervision, plan.needs_dumpable) == (True, False)
    assert not vault.plan(only=["b"]).needs_supervision
