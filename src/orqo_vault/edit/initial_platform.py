"""What ``orqo-vault init --platform`` writes: settings whose first run works before anything is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain, count

from orqo_vault.edit.initial import SCHEMA_NAME
from orqo_vault.providers import known
from orqo_vault.settings.operator_model import PlatformProvider
from orqo_vault.settings.schema import NAME

DEFAULT = "default"
BUDGET = "1"
_HEAD = f"""\
# yaml-language-server: $schema=./{SCHEMA_NAME}
# Which credentials this project needs. The platform supplies the keys of those with mode: platform: nothing has to
# be stored for them, and their use is deducted from credits. To use a key of your own:
#   orqo-vault edit ID --mode own, then orqo-vault set ID
# Safe to commit: it holds names, never secret values.
version: 1
default_backend: local

backends:
  local:
    type: encrypted-file
    path: .orqo-vault # relative to this file; made with the first secret, safe to commit

"""


def platform_starter(providers: Iterable[PlatformProvider]) -> str:
    """Return the file: a credential for every provider, an LLM config for every model to begin with, and runs."""
    keys: list[str] = []
    credentials: dict[str, str] = {}
    configs: dict[str, str] = {}
    runs: dict[str, list[tuple[str, str]]] = {}
    for provider in providers:
        id = _free(re.sub(r"[^a-z0-9_-]+", "-", provider.name.lower()).strip("-_") or "platform", credentials)
        keys.append(_key(provider.name, id, keys))
        credentials[id] = _credential(provider, keys[-1])
        model = _model(provider)
        used = ("credentials", id)
        if model is not None:
            config = _free(DEFAULT if DEFAULT not in configs else id, configs)
            configs[config] = f"{{model: {_quoted(f'{provider.name}:{model}')}, credential: {_written(id)}}}"
            used = ("llm", config)
        for run in provider.runs or (DEFAULT,):
            if re.fullmatch(NAME, run):
                runs.setdefault(run, []).append(used)
    return "".join([_HEAD, *_section("credentials", credentials), *_section("llm", configs), *_runs(runs)])


def _credential(provider: PlatformProvider, key: str) -> str:
    name = _quoted(provider.name)
    return (
        f"\n    name: {name}\n    key: {key}\n    category: llm_provider\n    type: api_token\n"
        f"    provider: {name}\n    mode: platform"
    )


def _key(provider: str, id: str, others: Container[str]) -> str:
    """Return the variable in which the provider's SDK looks, unless another credential has it already."""
    preset = known(provider)
    own = f"{re.sub('[^A-Z0-9]', '_', id.upper())}_API_KEY".lstrip("0123456789_")
    return _free(preset.key if preset is not None and preset.key is not None else own, others, "_")


def _model(provider: PlatformProvider) -> str | None:
    if ":" in provider.name:
        return None  # what stands before a model ends at the first colon
    preset = known(provider.name)
    return next(iter(provider.models), preset.model if preset is not None else None)


def _free(wanted: str, taken: Container[str], between: str = "-") -> str:
    names = chain([wanted], (f"{wanted}{between}{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def _runs(runs: Mapping[str, list[tuple[str, str]]]) -> Iterator[str]:
    entries: dict[str, str] = {}
    for run, used in runs.items():
        lists = {key: [name for kind, name in used if kind == key] for key in ("credentials", "llm")}
        said = [f"{key}: [{', '.join(map(_written, names))}]" for key, names in lists.items() if names]
        entries[run] = f"{{{', '.join([*said, f'budget: {BUDGET}'])}}}"
    yield from _section("runs", entries)


def _section(name: str, entries: Mapping[str, str]) -> Iterator[str]:
    if entries:
        yield f"{name}:\n"
        for each, text in entries.items():
            yield f"  {_written(each)}:{'' if text.startswith(chr(10)) else ' '}{text}\n"
        yield "\n"


def _written(name: str) -> str:
    """Return a name as YAML reads it as text: as it is, where that is certain."""
    return name if re.fullmatch("[a-z]{5,}|[a-z]+[_.-][a-z0-9_.-]+", name) and name != "false" else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
