"""Ana has a project; others clone it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .people import SETTINGS, Person


@pytest.fixture
def ana(tmp_path: Path) -> Person:
    """Ana, in a folder with a settings file and nothing else; no git yet."""
    project = tmp_path / "ana" / "project"
    project.mkdir(parents=True)
    (project / "orqo-vault.yaml").write_text(SETTINGS)
    return Person("ana", tmp_path / "ana" / "home", project)


@pytest.fixture
def repository(ana: Person) -> Person:
    """Ana, with a secret in a store that is committed."""
    ana.git("init", "-q")
    ana.set("openai", "sk-1")
    ana.commit("a store")
    return ana


@pytest.fixture
def cloned(tmp_path: Path, repository: Person) -> Callable[..., Person]:
    """Lets somebody clone Ana's repository; with her key unless ``key`` says otherwise."""

    def clone(name: str, *, key: str | None = "", options: tuple[str, ...] = ()) -> Person:
        person = Person(name, tmp_path / name / "home", tmp_path / name)
        person.git("clone", "-q", *options, str(repository.project), "project")
        person.project = person.project / "project"
        if key is not None:
            person.environ["ORQO_VAULT_KEY"] = key or repository.key_file.read_text()
        return person

    return clone
