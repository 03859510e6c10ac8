"""A planted leak is found, whichever way it takes: by the same stage, lines and scanner that find none otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from .command_lines import Line
from .conversation import SPY, in_a_process, in_this_process
from .stage import Stage

LEAK = """
import base64, json, logging, os, subprocess, sys, tempfile, urllib.parse
exec(compile(open({spy!r}).read(), {spy!r}, "exec"))
from orqo_vault import secret
def leak(value):
    {leak}
plain = secret.SecretValue.__init__
def init(self, value):
    plain(self, value)
    if len(value) > 12:
        leak(value)
secret.SecretValue.__init__ = init
"""
WAYS = {
    "stdout": "print(json.dumps(value))",
    "stderr": "sys.stderr.write('x' + base64.b64encode(b'u' + value.encode()).decode())",
    "log": "logging.getLogger('anything').debug('value: %r', value)",
    "a warning": "import warnings; warnings.warn(urllib.parse.quote(value))",
    "a command line": "subprocess.run([sys.executable, '-S', '-c', 'pass', value])",
    "a temporary file that is removed": "open('x', 'w').write(value); os.remove('x')",
    "a file that stays": "open(tempfile.mkstemp()[1], 'w').write(value.encode().hex())",
    "the state folder": "open(os.environ['XDG_STATE_HOME'] + '/cache', 'a').write(value)",
    "the project": "open('debug.log', 'a').write(value)",
    "a file's name": "open(os.environ['XDG_STATE_HOME'] + '/' + urllib.parse.quote(value, safe=''), 'w')",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("way", WAYS)
def test_a_leak_is_found_wherever_it_goes(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    stage.restore()
    spy = str(SPY / "sitecustomize.py")
    (tmp_path / "sitecustomize.py").write_text(LEAK.format(spy=spy, leak=WAYS[way]))
    line = Line(("check", "--only", "openai"))

    traces = in_a_process(stage, line, PYTHONPATH=str(tmp_path))

    scanner = stage.scanner()
    assert any("openai.token" in hit for hit in [*traces.hits(line, scanner), *stage.hits_at_rest(scanner)])


def test_what_get_prints_is_found_where_it_is_not_expected(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.restore()
    line = Line(("get", "openai"))
    assert in_this_process(stage, line, (), monkeypatch).hits(line, stage.scanner())


def test_a_hint_that_quotes_the_value_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A type whose check quotes what it refuses, behind the guard that keeps such words from the person."""
    from orqo_vault.credential_types import checking

    def quoting(error: Exception, values: object) -> str:
        return f"is not valid: {values}"

    stage.restore()
    line = Line(("set", "mail.host"), stdin=stage.canaries.hard("quoted"))
    assert in_this_process(stage, line, (), monkeypatch).hits(line, stage.scanner()) == []
    monkeypatch.setattr(checking, "_quoting_nothing", quoting)
    assert in_this_process(stage, line, (), monkeypatch).hits(line, stage.scanner())
