"""Every command of the command line, and the slips by which a secret gets where it should not be."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

from .stage import Stage

NOT_SECRET = ("username", "client_id", "access_key_id", "region", "host", "port", "token_url", "scope", "expires_at")
NEW = ("--key", "NEW", "--category", "custom")


@dataclass(frozen=True)
class Line:
    """A command line, with what is piped into it."""

    words: tuple[str, ...]
    stdin: str = ""
    reveals: bool = False
    """What it prints on standard output is the secret, on purpose."""
    slip: bool = False
    """The secret stands on the command line by mistake: what the system shows of it is not ours to hide."""

    def __str__(self) -> str:
        return " ".join(self.words[:4])

    @property
    def becomes_another(self) -> bool:
        """Whether the process is replaced by the command it runs."""
        return "run" in self.words or "exec" in self.words


def command_lines(stage: Stage) -> list[Line]:
    """Return all of them for a stage."""
    return [
        *_changing(stage),
        *_looking(),
        *_running(),
        *_piped(stage),
        *_exchange(stage),
        *_store(stage),
        *_slips(stage),
    ]


def _changing(stage: Stage) -> list[Line]:
    value = stage.canaries.hard("typed")
    file = stage.file("value", value)
    fields = stage.file("fields.json", json.dumps({"username": value, "password": stage.canaries.hard("in JSON")}))
    key = stage.file("key", stage.canaries.fields["deploy"]["private_key"])
    return [
        _line("set", "openai", stdin=value),
        _line("set", "mail.password", "--json", stdin=value),
        _line("set", "crm", "api_key", "--exact", "--from-file", file),
        _line("set", "openai", "--from-env", "FROM_ENV"),
        _line("set", "login", "--from-json", fields),
        _line("set", "login", "--from-json", "-", stdin=json.dumps({"username": value, "password": value})),
        _line("set", "deploy.private_key", "--from-file", key),
        _line("set", "oauth", "--clear", "refresh_token"),
        _line("add", "new", "--type", "api_token", *NEW, "--stdin", "token", stdin=value),
        _line("add", "new", "--type", "username_password", *NEW, "--json",
              "--from-file", f"username={file}", "--from-env", "password=FROM_ENV"),
        _line("edit", "mail", "--name", "Post", "--json"),
        _line("edit", "pair", "--mode", "platform", "--provider", "acme", "--destroy-secret"),
        _line("delete", "hosted", "--yes"),
        _line("delete", "pair", "--yes", "--json"),
        _line("delete", "openai", "--yes"),
        _line("copy", "--from", "local", "--to", "spare", "--yes", "--json"),
        _line("copy", "--from", "local", "--to", "spare", "--delete-source", "--yes"),
        _line("llm", "add", "fast", "--model", "openai:gpt-4o-mini", "--credential", "openai"),
        _line("llm", "delete", "default"),
    ]  # fmt: skip


def _looking() -> list[Line]:
    return [
        _line("get", "openai", reveals=True),
        _line("get", "crm.api_key", "--json", reveals=True),
        _line("get", "mail.port"),
        *(_line("show", each) for each in ("openai", "deploy", "hosted")),
        *(_line("show", each, "--json") for each in ("mail", "oauth")),
        *(_line("list", *more) for more in ((), ("--json",), ("--plain",))),
        *(_line("plan", *more) for more in ((), ("--json",), ("--only", "openai,deploy"))),
        *(_line("check", *more) for more in ((), ("--all",), ("--all", "--json"), ("--only", "openai"))),
        *(_line("check", "--all-runs", *more) for more in ((), ("--json", "--clean-env"))),
        *(
            _line("explain", *more)
            for more in (("SMTP_PASSWORD",), ("mail", "--json"), ("PATH",), ("OPENAI_API_KEY", "--json"))
        ),
        *(_line("doctor", *more) for more in ((), ("--json",))),
        *(_line("test", *more) for more in (("crm",), ("login", "hosted", "--json"))),  # those ask nobody
        _line("backend", "list"),
        *(_line("backend", "check", *more) for more in ((), ("local", "--json"), ("--policy",))),
        *(_line("config", "show", *more) for more in ((), ("--origin",), ("--json",))),
        *(_line("config", each) for each in ("path", "validate", "schema")),
        *(_line("llm", *more) for more in (("list",), ("list", "--json"), ("show", "default"))),
        *(_line(each, "team/secret") for each in ("adopt", "restore")),
        *(_line("llm", each, *more) for each, *more in (("test", "none"), ("enrol", "https://nobody.invalid"))),
        *(_line("credits", each) for each in ("balance", "usage", "history", "holds", "lots", "unsettled", "verify")),
        *(_line("credits", *more) for more in (("init",), ("grant", "acme", "1", "--period", "p"))),
        _line("credits", "adjust", "acme", "1", "--reference", "r", "--reason", "why"),
        _line("credits", "overdraft", "acme", "1"),
        *(_line("credits", *more) for more in (("settle", "acme", "r"), ("cancel", "acme", "r"))),
        _line("credits", "report", "acme", "r", "--run", "1", "--credential", "c", "--model", "openai:gpt-4o"),
        *(_line("gateway", *more) for more in (("enrol", "acme"), ("enrolments",), ("revoke", "1"), ("serve",))),
        _line("web", "--port", "nowhere"),
        *(_line("audit", *more) for more in (("tail",), ("tail", "--json"), ("verify",), ("verify", "--json"))),
        _line("init"),
        _line("completion", "bash"),
        _line("--help"),
    ]


def _running() -> list[Line]:
    true = (sys.executable, "-I", "-S", "-c", "pass")
    return [
        _line("run", "--", *true),
        _line("run", "--only", "openai,crm", "--clean-env", "--", *true),
        _line("-q", "run", "--run", "default", "--allow-older", *true),
        _line("exec", "--only", "openai", "--", "/nonexistent/command"),
        _line("run", "--only", "hosted", "--", *true),
        _line("run", "--only", "nobody", "--", *true),
    ]


def _piped(stage: Stage) -> list[Line]:
    """What is piped through is masked: not even on standard output is there a secret."""
    stored = stage.canaries.fields
    said = "\n".join(v for fields in stored.values() for name, v in fields.items() if name not in NOT_SECRET)
    return [
        _line("redact", stdin="nothing of ours"),
        _line("redact", "--only", ",".join(stored), stdin=said),
        _line("redact", "--only", "nobody", stdin=said),
    ]


def _exchange(stage: Stage) -> list[Line]:
    value = stage.canaries.hard("in a file")
    flat = stage.file("flat.json", json.dumps({"IN_TOKEN": value, "IN_USER": "ana", "IN_PASSWORD": value}))
    server = {"command": "npx", "env": {"MCP_TOKEN": value}, "headers": {"Authorization": value}}
    servers = stage.file("mcp.json", json.dumps({"mcpServers": {"one": server}}))
    dotenv = stage.file("env", f"ONE_TOKEN={value.split()[0]}\nONE_TOKEN=other\n{value}\nTWO_KEY='{value}'\n")
    output = str(stage.private / "exported")
    return [
        _line("export", "--format", "json", reveals=True),
        _line("export", "--format", "docker", "--only", "openai,deploy,crm", reveals=True),
        _line("export", "--format", "gitlab", "--json", reveals=True),
        _line("export", "--format", "shell", "-o", output),
        _line("export", "--format", "github"),
        _line("export", "--format", "k8s", "--only", "hosted"),
        _line("import", "dotenv", dotenv),
        _line("import", "json", flat, "--json"),
        _line("import", "mcp", servers, "--apply", "--yes"),
        _line("import", "json", flat, "--apply", "--yes", "--json"),
        _line("import", "json", flat, "--apply", "--yes", "--only", value, slip=True),
        _line("import", "json", stage.file("no.json", f'{{"IN_TOKEN": {value}')),
        _line("import", "mcp", stage.file("no.mcp", json.dumps({"servers": {"one": value}}))),
        _line("import", "dotenv", dotenv, "--apply", "--yes", "--replace-source"),
    ]


def _store(stage: Stage) -> list[Line]:
    passphrase = stage.file("passphrase", stage.canaries.hard("a passphrase"))
    key = stage.file("existing.key", stage.key_file.read_text())
    marks = str(stage.private / "marks")
    return [
        _line("store", "init", "--yes"),
        _line("store", "slot", "add", "--passphrase-file", passphrase, "--label", "ops"),
        _line("store", "slot", "add", "--key-file", key, "--existing"),
        _line("store", "slot", "list"),
        _line("store", "slot", "list", "--json"),
        _line("store", "slot", "remove", "ana", "--yes", "--drop-others"),
        _line("store", "rotate"),
        _line("store", "rotate", "--now", "--json"),
        _line("store", "accept", "openai", "--yes"),
        _line("store", "accept", "--all", "--yes", "--json"),
        _line("store", "merge", "--newest"),
        _line("store", "marks", "export", marks),
        _line("store", "marks", "import", marks),
        _line("store", "verify"),
        _line("store", "verify", "--json"),
        _line("store", "prune", "--yes"),
    ]


def _slips(stage: Stage) -> list[Line]:
    """What people do: the value in the place of a name, the wrong file, half a key."""
    value = stage.canaries.hard("by a slip")
    half = stage.canaries.fields["deploy"]["private_key"][:200]
    return [
        _line("set", "openai", "token", value, slip=True),
        _line("set", "openai", f"--{value}", slip=True),
        _line("set", "openai", "--from-env", value, slip=True),
        _line("set", "openai", "--value", value, slip=True),
        _line("get", "openai", "token", value, slip=True),
        _line("add", "new", "--type", "api_token", *NEW, "--value", f"token={value}", slip=True),
        _line("set", "mail.host", stdin=f"no host: {value}"),
        _line("set", "mail.port", stdin=value),
        _line("set", "oauth.token_url", stdin=f"ftp://{value}:x@[::"),
        _line("set", "oauth.expires_at", stdin=value),
        _line("set", "ses.access_key_id", stdin=value),
        _line("set", "ses.region", stdin=value),
        _line("set", "mail.security", stdin=value),
        _line("set", "deploy.private_key", stdin=half),
        _line("set", "deploy.passphrase", stdin=value),
        _line("set", "login", "--from-json", "-", stdin=f'{{"password": "{value}'),
        _line("set", "login", "--from-json", "-", stdin=json.dumps([value])),
        _line("set", "login", "--from-json", "-", stdin=json.dumps({"password": {"x": value}})),
        _line("set", "openai", stdin=value + "\0"),
        _line("store", "slot", "add", "--passphrase-file", stage.file("short", value[:8])),
        _line("store", "slot", "add", "--key-file", stage.file("no.key", f"ORQO-VAULT-KEY-1:{value}:0"), "--existing"),
        _line("store", "marks", "import", stage.file("no marks", json.dumps({"x": value}))),
    ]  # fmt: skip


def _line(*words: str, stdin: str = "", reveals: bool = False, slip: bool = False) -> Line:
    return Line(words, stdin, reveals, slip)
