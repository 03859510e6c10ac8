"""Names of environment variables: which may carry a credential, and why the others may not.

A value under a harmless name is only read by a program that looks for it. A value under ``LD_PRELOAD``, ``BASH_ENV``
or ``HTTPS_PROXY`` takes over every program of the run, so such names are refused when the settings are loaded and
once more before injection. Only a run can allow one, by its exact name; a credential cannot allow itself.
"""

from __future__ import annotations

from collections.abc import Collection

MAX_LENGTH = 128
RESERVED = "ORQO_VAULT_"
AGENT_SOCKET = "SSH_AUTH_SOCK"
"""Where programs find an SSH agent. ``deliver: agent`` sets it, and nothing else without being allowed."""

LOADER = "changes how programs are loaded"
SHELL = "changes how shells start and find programs"
RUNTIME = "changes what an interpreter runs"
TOOL = "changes which programs or settings a tool uses"
TRUST = "changes whom programs trust or where they connect"

NAMES: dict[str, tuple[str, ...]] = {
    LOADER: (
        *("LIBPATH", "SHLIB_PATH", "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "NLSPATH", "PATH_LOCALE"),
        *("HOSTALIASES", "RES_OPTIONS", "LOCALDOMAIN", "TMPDIR", "TMP", "TEMP", "TERMCAP", "TERMPATH"),
        *("PATHEXT", "COMSPEC", "WINDIR", "SYSTEMROOT", "USERPROFILE", "PSMODULEPATH"),
    ),
    SHELL: (
        *("PATH", "HOME", "SHELL", "USER", "LOGNAME", "PWD", "OLDPWD", "IFS", "CDPATH", "ENV", "BASH_ENV"),
        *("BASHOPTS", "SHELLOPTS", "PS0", "PS1", "PS2", "PS3", "PS4", "PROMPT_COMMAND", "GLOBIGNORE"),
        *("ZDOTDIR", "FPATH", "NULLCMD", "READNULLCMD", "_"),
    ),
    RUNTIME: (
        *("RUBYOPT", "RUBYLIB", "RUBYSHELL", "JRUBY_OPTS", "BUNDLE_GEMFILE", "VIRTUAL_ENV"),
        *("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "PHPRC", "PHP_INI_SCAN_DIR"),
        *("DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "GODEBUG", "GOFLAGS", "RUSTC", "RUSTFLAGS"),
        *("RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"),
    ),
    TOOL: (
        *("SSH_ASKPASS", "SUDO_ASKPASS", "EDITOR", "VISUAL", "FCEDIT", "PAGER", "MANPAGER", "BROWSER"),
        *("LESSOPEN", "LESSCLOSE", "MAKEFLAGS", "RSYNC_RSH", "SVN_SSH", "CVS_RSH"),
    ),
    TRUST: (
        *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "SSLKEYLOGFILE", "KRB5_CONFIG"),
        *("OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_MODULES", "OPENSSL_ENGINES"),
        *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "KUBECONFIG", "DOCKER_HOST", "DOCKER_CONFIG"),
        *("GOPROXY", "GONOSUMDB", "GOSUMDB", "GOINSECURE", "SSH_AUTH_SOCK"),
    ),
}

PREFIXES: dict[str, tuple[str, ...]] = {
    LOADER: ("LD_", "_RLD", "DYLD_", "MALLOC_", "TERMINFO"),
    SHELL: ("BASH_FUNC_",),
    RUNTIME: (
        *("PYTHON", "NODE_", "PERL", "GEM_", "LUA_INIT", "R_PROFILE", "ERL_", "DENO_"),
        # .NET's profiler hooks; all of COR* would also refuse a credential of a CORP or a CORE
        *("COR_", "CORECLR_"),
    ),
    TOOL: ("GIT_", "PIP_", "UV_", "NPM_CONFIG_"),
    TRUST: ("SSL_CERT_", "AWS_ENDPOINT_URL"),
}

SUFFIXES: dict[str, tuple[str, ...]] = {
    TOOL: ("_PAGER", "_EDITOR"),
    TRUST: ("_PROXY",),
}

# They name a person, or a mode that programs only read.
_HARMLESS = ("GIT_AUTHOR_", "GIT_COMMITTER_")
_HARMLESS_NAMES = frozenset(("NODE_ENV",))

_REASON_OF = {name: reason for reason, names in NAMES.items() for name in names}
_ALL_PREFIXES = tuple(prefix for prefixes in PREFIXES.values() for prefix in prefixes)
_ALL_SUFFIXES = tuple(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)


def refusal(name: str, *, allowed: Collection[str] = ()) -> str | None:
    """Return why no credential may set ``name``, in words that follow the name; None when it may.

    ``allowed`` is what the run lists in ``allow_variables``. It opens dangerous names, never one that is not a
    variable name at all and never one of our own.
    """
    return malformed(name) or _reserved(name) or (None if name in allowed else _danger(name))


def malformed(name: str) -> str | None:
    """Return why ``name`` does not follow ``[A-Z_][A-Z0-9_]*`` in at most 128 characters; None when it does."""
    if len(name) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    if not (name.isascii() and name.isidentifier() and name == name.upper()):
        return "is not a variable name: only A-Z, 0-9 and _, and no digit first"
    return None


def _reserved(name: str) -> str | None:
    return "is reserved for orqo-vault itself" if name.startswith(RESERVED) else None


def _danger(name: str) -> str | None:
    reason = _REASON_OF.get(name)
    if reason is not None:
        return reason
    if name.startswith(_ALL_PREFIXES) and not (name.startswith(_HARMLESS) or name in _HARMLESS_NAMES):
        return next(reason for reason, prefixes in PREFIXES.items() if name.startswith(prefixes))
    if name.endswith(_ALL_SUFFIXES):
        return next(reason for reason, suffixes in SUFFIXES.items() if name.endswith(suffixes))
    return None
