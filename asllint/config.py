"""What the user chose: rules, severities, ignores, and what is to be known of machines."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from asllint.finding import Severity
from asllint.loader.bytes import MAX_SIZE, Trouble, decode, printable, read_bytes
from asllint.record import Record

FILES = ("asllint.toml", ".asllint.toml", "pyproject.toml")


class Machine(Record):
    """What is known of a machine beside its definition; the paths are absolute."""

    definition: str
    type: str | None = None
    arn: str | None = None
    policies: tuple[str, ...] = ()
    trust: str | None = None
    define: Mapping[str, str] = {}


class FileIgnore(Record):
    """Rules and categories that do not run on the files of a glob, or at a pointer in them and below it."""

    glob: str
    pointer: str | None
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.glob if self.pointer is None else f"{self.glob}#{self.pointer}"

    def covers(self, file: str, pointer: str) -> bool:
        """Whether it concerns a place in a file, whose path is relative to the configuration's folder."""
        if self.pointer is not None and not f"{pointer}/".startswith(f"{self.pointer.rstrip('/')}/"):
            return False
        return matches_file(self.glob, file)


class Config(Record):
    """The configuration in force; `path` is None without a file, the paths in it are absolute."""

    path: str | None
    root: str
    profile: str = "recommended"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "warning"
    rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int = MAX_SIZE
    require_reason: bool = False
    severity: Mapping[str, Severity] = {}
    per_file_ignores: tuple[FileIgnore, ...] = ()
    machines: tuple[Machine, ...] = ()

    def relative(self, path: str) -> str:
        """A path as this configuration's globs see it: from its folder, with forward slashes."""
        return os.path.relpath(path, self.root).replace(os.sep, "/")


class ConfigError(Exception):
    """A configuration that cannot be used, in one line for the user."""

    def __init__(self, message: str, path: str | None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.path = path
        self.line = line

    def __str__(self) -> str:
        from asllint.loader.discover import display_name

        if self.path is None:
            return self.message
        place = "" if self.line is None else f":{self.line}"
        return f"{display_name(self.path, os.getcwd())}{place}: {self.message}"


def find(start: str) -> str | None:
    """The nearest configuration file of a folder or of those above it."""
    folder = os.path.abspath(start)
    while True:
        for name in FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name != "pyproject.toml" or _has_table(path)):
                return path
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def default(root: str = ".") -> Config:
    """The configuration without a file."""
    return Config(None, os.path.abspath(root))


def load(path: str) -> Config:
    """The configuration of a file; of a `pyproject.toml`, its `[tool.asllint]`."""
    from asllint.config_shape import SHAPE, faults

    text = _text(path)
    data = _parsed(text, path)
    if os.path.basename(path) == "pyproject.toml":
        data = _table(data)
        if not isinstance(data, dict):
            raise ConfigError("has no table [tool.asllint]", path)
    for keys, message in faults(data, SHAPE, ()):
        raise _error(message, path, text, keys)
    return _config(os.path.abspath(path), data)


def matches_file(glob: str, path: str) -> bool:
    """Whether a relative path fits: `**` spans folders; a glob without a slash fits names anywhere."""
    from asllint.loader.gitignore import matches_glob

    return matches_glob(glob, path)


def check_names(
    config: Config, known_rules: Collection[str], categories: Collection[str]
) -> list[ConfigError]:
    """What the configuration names that is neither a rule nor a category."""
    either = {*known_rules, *categories}
    used: list[tuple[tuple[str, ...], str]] = [
        *((("select",), name) for name in config.select),
        *((("ignore",), name) for name in config.ignore),
        *((("per-file-ignores", one.key), name) for one in config.per_file_ignores for name in one.names),
    ]
    unknown = [(keys, name) for keys, name in used if name not in either]
    unknown += [(("severity", name), name) for name in config.severity if name not in known_rules]
    if not unknown:
        return []
    from asllint.near import hint

    def fault(table: str, name: str) -> str:
        if table != "severity":
            return f"unknown rule or category `{name}` in `{table}`{hint(name, sorted(either))}"
        if name in categories:
            return f"`{name}` in `severity` is a category; severities are set by rule"
        return f"unknown rule `{name}` in `severity`{hint(name, sorted(known_rules))}"

    text = "" if config.path is None else _text(config.path)
    return [_error(fault(keys[0], name), config.path, text, keys) for keys, name in unknown]


def check_files(config: Config) -> Iterator[ConfigError]:
    """The files that `[[machine]]` names and that are not there."""
    text = ""
    for index, machine in enumerate(config.machines):
        named = [(("definition",), machine.definition)]
        named += [(("policies",), path) for path in machine.policies]
        named += [(("trust",), machine.trust)] if machine.trust else []
        for keys, path in named:
            if not os.path.exists(path):
                text = text or _text(config.path or "")
                message = f"`{keys[0]}` of a machine names {config.relative(path)}, which does not exist"
                yield _error(message, config.path, text, ("machine", index, *keys))


def _config(path: str, data: Mapping[str, Any]) -> Config:
    root = os.path.dirname(path)

    def absolute(written: str) -> str:
        return os.path.normpath(os.path.join(root, written))

    from asllint.config_shape import size

    limit = data.get("max-size", MAX_SIZE)
    return Config(
        path,
        root,
        data.get("profile", "recommended"),
        tuple(data.get("select", ())),
        tuple(data.get("ignore", ())),
        data.get("fail-on", "warning"),
        tuple(map(absolute, data.get("rules", ()))),
        tuple(data.get("exclude", ())),
        (size(limit) or MAX_SIZE) if isinstance(limit, str) else int(limit),
        data.get("require-reason", False),
        {rule: Severity(level) for rule, level in data.get("severity", {}).items()},
        tuple(_file_ignore(key, names) for key, names in data.get("per-file-ignores", {}).items()),
        tuple(
            Machine(
                absolute(known["definition"]),
                known.get("type"),
                known.get("arn"),
                tuple(map(absolute, known.get("policies", ()))),
                absolute(known["trust"]) if "trust" in known else None,
                known.get("define", {}),
            )
            for known in data.get("machine", ())
        ),
    )


def _file_ignore(key: str, names: Iterable[str]) -> FileIgnore:
    glob, mark, pointer = key.partition("#/")
    return FileIgnore(glob, mark[1:] + pointer if mark else None, tuple(names))


def _text(path: str) -> str:
    data = read_bytes(path)
    text = data if isinstance(data, Trouble) else decode(data)
    if not isinstance(text, Trouble):
        return text
    if text.kind == "empty-file":
        return ""
    raise ConfigError(text.message, path, text.line if text.offset else None)


def _parsed(text: str, path: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError("is not valid TOML: nested too deeply", path) from None
    except ValueError as error:
        message = str(error)
        at = re.search(r"\(at line (\d+)", message)
        fault = f"is not valid TOML: {message[:1].lower()}{message[1:]}"
        raise ConfigError(fault, path, int(at[1]) if at else None) from None


def _has_table(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    if b"asllint" not in data:
        return False
    try:
        return _table(_parsed(data.decode(errors="replace"), path)) is not None
    except ConfigError:
        # not TOML: if it means to hold our table, loading it says what is wrong
        return re.search(rb"^\s*\[tool\.asllint\b", data, re.MULTILINE) is not None


def _table(data: Any) -> Any:
    tool = data.get("tool")
    return tool.get("asllint") if isinstance(tool, dict) else None


def _error(message: str, path: str | None, text: str, keys: tuple[str | int, ...]) -> ConfigError:
    from asllint.toml import line_of

    prefix = ("tool", "asllint") if path and os.path.basename(path) == "pyproject.toml" else ()
    return ConfigError(message, path, line_of(text, (*prefix, *keys)))
