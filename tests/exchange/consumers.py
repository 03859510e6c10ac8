"""Those who read what is exported: the real program where it can be had, else its rules as its own source has them."""

from __future__ import annotations

import base64
import ctypes
import glob
import io
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import dotenv
import yaml

Read = Callable[[str], dict[str, str]]


def python_dotenv(text: str) -> dict[str, str]:
    """Read a file, as ``load_dotenv()`` does, with interpolation on, as it is by default."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ".env"
        file.write_bytes(text.encode())
        return {name: value for name, value in dotenv.dotenv_values(file).items() if value is not None}


def python_dotenv_literally(text: str) -> dict[str, str | None]:
    """Read a text without interpolation."""
    return dotenv.dotenv_values(stream=io.StringIO(text, newline=None), interpolate=False)


def shell(program: str) -> Read:
    """Return what evaluates the text in a shell and reads its environment."""
    path = shutil.which(program)
    assert path, f"{program} is missing: install the package {program}"

    def read(text: str) -> dict[str, str]:
        dump = "exec env -0"
        done = subprocess.run([path, "-c", f'eval "$(cat)"\n{dump}'], input=text.encode(), capture_output=True, env={})
        assert (done.returncode, done.stderr) == (0, b"")
        found = dict(each.split("=", 1) for each in done.stdout.decode().split("\0") if each)
        return {name: value for name, value in found.items() if name not in ("PWD", "SHLVL", "_", "OLDPWD")}

    return read


def kubernetes(text: str) -> dict[str, str]:
    """Read the manifest with a YAML parser and decode its data as the API server does."""
    manifest = yaml.safe_load(text)
    assert (manifest["apiVersion"], manifest["kind"], manifest["type"]) == ("v1", "Secret", "Opaque")
    # k8s.io/apimachinery, validation.IsConfigMapKey
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key) for key in manifest["data"])
    return {key: base64.b64decode(value, validate=True).decode() for key, value in manifest["data"].items()}


def docker(text: str) -> dict[str, str]:
    """Read as github.com/docker/cli, pkg/kvfile, parseKeyValueFile; docker 28 was asked about each of these rules."""
    found: dict[str, str] = {}
    for raw in text.split("\n")[:-1]:
        assert len(raw.encode()) + 1 <= 65_536, "bufio.Scanner: token too long"
        line = raw.removesuffix("\r").lstrip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        assert all((name, equals)), "no variable name"
        assert not set(name) & {" ", "\t"}
        found[name] = value
    return found


def gitlab(text: str) -> dict[str, str]:
    """Read as Ci::ParseDotenvArtifactService, and expand as ExpandVariables and the runner do, with nothing set."""
    assert len(text.encode()) < 5 * 1024, "Dotenv Artifact Too Big"
    found: dict[str, str] = {}
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"(.*?)=(.*)", line)
        assert match, "Invalid Format"
        name, value = (each.strip("\0 \t\n\v\f\r") for each in match.groups())
        found[name] = re.sub(r"\$\$|%%|\$\{?[A-Za-z_0-9*#@!?-]+\}?|%[A-Za-z_]\w*%", "", value)
    return found


def github(text: str) -> dict[str, str]:
    """Read as github.com/actions/runner, FileCommandManager."""
    found: dict[str, str] = {}
    lines = text.split("\n")
    assert lines.pop() == ""
    while lines:
        name, mark, delimiter = lines.pop(0).partition("<<")
        assert all((name, mark, delimiter))
        assert "=" not in name
        end = lines.index(delimiter)
        found[name] = "\n".join(lines[:end])
        del lines[: end + 1]
    return found


def github_masks(text: str) -> list[str]:
    """Read commands as github.com/actions/runner, ActionCommand.TryParseV2 and UnescapeData."""
    masks = []
    for line in text.split("\n")[:-1]:
        _, command, data = line.split("::", 2)
        assert command == "add-mask"
        masks.append(data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%"))
    return masks


def systemd(text: str) -> dict[str, str]:
    """Read with systemd's own parser, the one behind EnvironmentFile=."""
    library = _systemd_library()
    found = ctypes.POINTER(ctypes.c_char_p)()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "environment"
        file.write_bytes(text.encode())
        status = library.load_env_file(None, str(file).encode(), ctypes.byref(found))
    assert status == 0, f"load_env_file: {status}"
    assignments: list[bytes] = []
    while found and found[len(assignments)] is not None:
        assignments.append(found[len(assignments)])
    # The service manager leaves out what this calls invalid.
    assert all(library.env_assignment_is_valid(each) for each in assignments)
    return dict(each.decode().split("=", 1) for each in assignments)


def _systemd_library() -> ctypes.CDLL:
    places = glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so") + glob.glob(
        "/usr/lib/systemd/libsystemd-shared-*.so"
    )
    assert places, "systemd's parser is missing: install the package libsystemd-shared (or systemd)"
    library = ctypes.CDLL(places[0])
    library.env_assignment_is_valid.restype = ctypes.c_bool
    return library


CONSUMERS: dict[str, tuple[str, Read]] = {
    "python-dotenv": ("dotenv", python_dotenv),
    "json": ("json", json.loads),
    "sh": ("shell", shell("sh")),
    "bash": ("shell", shell("bash")),
    "dash": ("shell", shell("dash")),
    "docker": ("docker", docker),
    "github": ("github", github),
    "gitlab": ("gitlab", gitlab),
    "kubernetes": ("k8s", kubernetes),
    "systemd": ("systemd", systemd),
}
"""Name → the format it reads, and how it reads it."""
