"""The JSON Schema as editors read it: it accepts what is right, and refuses what one file alone shows to be wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orqo_vault.settings.json_schema import json_schema
from orqo_vault.settings.schema import BackendEntry, CredentialEntry, File, LLMEntry, RunEntry
from tests.settings.project import Project
from tests.settings.test_settings_rules import cases

RICH = Path(__file__).with_name("rich.yaml")

# What only the whole of the settings, the plugins' code or the order of a text can show.
BEYOND_A_SCHEMA = {
    *("an unknown default backend", "a model of an unknown credential", "a model of a mail server"),
    *("a run of an unknown credential", "a run of an unknown model", "a ${ that does not end"),
    *("a run that allows what is ours", "a key that is ours", "a dangerous key", "a dangerous alias"),
    *("a key that its suffixes make dangerous", "a dangerous name", "a variable that no run's list can allow"),
    *("an expiry without an offset", "an expiry that is only a day", "an expiry in a month that is none"),
    *("a backend that is not declared", "several backends and none is named", "no backend at all"),
    *("two places", "a variable in a path", "a variable in the short form of a path"),
    *("one word of delivery without a primary secret", "two fields with one variable"),
    *("two fields with one name in the backend", "a field with the name of another in the backend"),
    *("custom with a field twice", "custom with a field called primary"),
    *("a fixed path for what has no place", "a fixed path for what is not secret", "known hosts that are none"),
    *("an agent for what is no SSH key", "a delivered file with a dangerous variable"),
    *("a delivered file with a dangerous variable of its own",),
    *("a value the type refuses", "a budget below a micro-credit", "a budget in powers"),
}  # fmt: skip


def refused_by(schema: dict[str, Any], files: list[Path], folder: Path) -> dict[str, str]:
    """Return the names of the files that check-jsonschema refuses, each with the first reason."""
    place = folder / "schema.json"
    place.write_text(json.dumps(schema))
    command = [sys.executable, "-m", "check_jsonschema", "-o", "json", "--schemafile", str(place), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    assert not answer.get("parse_errors"), done.stdout
    return {Path(error["filename"]).stem: error["message"] for error in answer.get("errors", [])}


def test_the_schema_is_one(tmp_path: Path) -> None:
    for layer in (False, True):
        (tmp_path / f"{layer}.json").write_text(json.dumps(json_schema(layer=layer)))
    command = [sys.executable, "-m", "check_jsonschema", "--check-metaschema", *map(str, tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_is_right_is_accepted_by_the_schema_and_by_us(tmp_path: Path, project: Project) -> None:
    project.load(RICH.read_text())
    right = {
        "rich": RICH.read_text(),
        "empty": "{}\n",
        "nulls": "organization:\nbackends:\ncredentials: ~\nruns: {r: null}\n",
        "custom": "credentials: {c: {name: C, key: C, category: custom, type: custom, fields: {a: b}}}\n"
        "backends: {b: {type: encrypted-file, path: '${HOME}/store'}}\n",
    }
    files = []
    for name, text in right.items():
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(text)
    assert refused_by(json_schema(), files, tmp_path) == {}


def test_what_one_file_shows_to_be_wrong_is_refused(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.yaml" for number, _ in enumerate(cases())]
    for file, case in zip(files, cases(), strict=True):
        file.write_text(case.text)
    refused = refused_by(json_schema(), files, tmp_path)
    accepted = {case.name for number, case in enumerate(cases()) if str(number) not in refused}
    assert accepted == BEYOND_A_SCHEMA


def test_a_layer_may_say_only_what_it_changes(tmp_path: Path) -> None:
    part = tmp_path / "part.yaml"
    part.write_text(
        "backends: {corp: {address: x}}\ncredentials: {mail: {backend: b, values: {port: 25}}}\nllm: {a: {model: m}}\n"
    )
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("credentials: {mail: {backnd: corp}}\n")
    assert set(refused_by(json_schema(layer=True), [part, wrong], tmp_path)) == {"wrong"}
    assert set(refused_by(json_schema(), [part, wrong], tmp_path)) == {"part", "wrong"}


@pytest.mark.usefixtures("installed_backend")
def test_the_options_of_an_installed_backend_are_part_of_it(tmp_path: Path) -> None:
    texts = {
        "right": "backends: {s: {type: shelf, folder: x, size: '${SIZE}', tags: [a], x-note: y}}",
        "unknown": "backends: {s: {type: shelf, folder: x, sise: 1}}",
        "missing": "backends: {s: {type: shelf}}",
        "wrong": "backends: {s: {type: shelf, folder: x, kind: middle}}",
        "other": "backends: {s: {type: elsewhere, sise: 1}}",
    }
    files = [tmp_path / f"{name}.yaml" for name in texts]
    for file in files:
        file.write_text(texts[file.stem])
    schema = json_schema()
    assert set(refused_by(schema, files, tmp_path)) == {"unknown", "missing", "wrong"}
    (shelf,) = [
        each["then"]
        for each in schema["$defs"]["BackendEntry"]["allOf"]
        if each["if"]["properties"]["type"]["const"] == "shelf"
    ]
    assert shelf["properties"]["folder"] == {"description": "Where it is.", "type": "string"}
    assert "version" in schema["$defs"]["CredentialEntry"]["properties"]["at"]["properties"]


@pytest.mark.parametrize("model", [File, BackendEntry, CredentialEntry, LLMEntry, RunEntry])
def test_every_key_is_explained(model: type) -> None:
    schema = json_schema()
    described = schema if model is File else schema["$defs"][model.__name__]
    keys = set(model.model_fields)  # type: ignore[attr-defined]  # every schema here is a model
    assert set(described["properties"]) == keys
    assert all(described["properties"][key].get("description") for key in keys)
