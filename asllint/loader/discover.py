"""Which files there are to read: the named ones, and what folders hold that may be ours."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from asllint.loader.bytes import MAX_SIZE as MAX_SIZE
from asllint.loader.bytes import Trouble as Trouble
from asllint.loader.bytes import decode as decode
from asllint.loader.bytes import printable, read_at_most, trouble
from asllint.loader.bytes import read_bytes as read_bytes
from asllint.record import Record

if TYPE_CHECKING:
    from asllint.loader.gitignore import Ignores

STDIN = "-"

_SUFFIXES = (".json", ".asl", ".yaml", ".yml", ".tf", ".template")
_PROMISING = (".asl", ".asl.json", ".asl.yaml", ".asl.yml")
# fmt: off
_NEVER_OURS = frozenset((
    "composer.json", "deno.json", "jsconfig.json", "npm-shrinkwrap.json", "package-lock.json",
    "package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "tsconfig.json", ".pre-commit-config.yaml",
))
_NEVER_ENTERED = frozenset((
    ".aws-sam", ".cache", ".direnv", ".eggs", ".git", ".gradle", ".hg", ".hypothesis", ".idea",
    ".mypy_cache", ".next", ".nox", ".nuxt", ".pnpm-store", ".pytest_cache", ".ruff_cache", ".serverless",
    ".svn", ".terraform", ".terragrunt-cache", ".tox", ".venv", ".vscode", ".yarn", "__pycache__",
    "bower_components", "node_modules", "site-packages", "venv",
))
# fmt: on
_MARKERS = (
    b"StartAt",
    b"Statement",
    b"Resources",
    b"AWS::StepFunctions::StateMachine",
    b"AWS::Serverless::StateMachine",
    b"stateMachineArn",
    b"stepFunctions",
    b"PolicyDocument",
    b"PolicyVersion",
    b"aws_sfn_state_machine",
    # a Terraform module spreads a role and its policies over files of their own
    b"aws_iam_",
)


class Found(Record):
    """A file to read: `name` is how reports call it, `path` opens it.

    `named` says that the user wrote it on the command line, `promised` that its name says it is a definition.
    """

    name: str
    path: str
    named: bool
    promised: bool


class _Folder(Record):
    """A folder to list; `place` is its absolute path in the tree, which beneath a link is not its real one.

    `layers` are the ignore files that hold here, the nearest last, with the length of its folder's prefix.
    """

    name: str
    path: str
    place: str
    real: str
    layers: "tuple[_Layer, ...]"


_Layer: TypeAlias = "tuple[Ignores, int]"
_Entry: TypeAlias = "Found | _Folder | Trouble"


def discover(
    paths: Sequence[str], *, exclude: Iterable[str] = (), root: str | None = None
) -> Iterator[Found | Trouble]:
    """The files that the paths mean, each once, in order; a folder's by name.

    `exclude` is written as in a `.gitignore` in the folder `root` (default: the current one); neither it nor
    a `.gitignore` hides a named path. `-` is given on as it is.
    """
    try:
        here = os.getcwd()
    except OSError:
        yield Trouble("missing", ".", "the current folder does not exist any more")
        return
    named = {os.path.realpath(path) for path in paths if path != STDIN and "\0" not in path}
    seen: set[str] = set()
    walk: _Walk | None = None
    for path in paths:
        if path == STDIN:
            if path not in seen:
                seen.add(path)
                yield Found(STDIN, STDIN, True, False)
            continue
        name = display_name(path, here)
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            yield trouble(name, path, error)
            continue
        if stat.S_ISDIR(mode):
            walk = walk or _Walk(named, seen, exclude, os.path.realpath(root or here))
            yield from walk.files(name, path)
        elif (real := os.path.realpath(path)) not in seen:
            seen.add(real)
            yield Found(name, path, True, _is_promising(path))


def without_excluded(paths: Iterable[str], exclude: Iterable[str], root: str) -> list[str]:
    """The paths but those that `exclude`, written as in a `.gitignore` in the folder `root`, means; a folder
    stands for all that is in it.
    """
    from asllint.loader.gitignore import Ignores

    ignores, base = Ignores("\n".join(exclude)), os.path.realpath(root)

    def is_excluded(path: str) -> bool:
        parts = _slashed(os.path.relpath(os.path.realpath(path), base)).split("/")
        if path == STDIN or parts[0] == os.pardir:
            return False
        above = ("/".join(parts[:count]) for count in range(1, len(parts)))
        return any(ignores.verdict(folder, True) for folder in above) or bool(
            ignores.verdict("/".join(parts), os.path.isdir(path))
        )

    return [path for path in paths if not is_excluded(path)]


def display_name(path: str, here: str) -> str:
    """How reports call a path: relative to the folder `here` when below it, else as given; printable."""
    if not path:
        return path
    whole = os.path.normpath(os.path.join(here, path))
    base = here.rstrip(os.sep) + os.sep
    name = whole[len(base) :] if whole.startswith(base) else "." if whole == here else path
    return printable(name.replace(os.sep, "/"))


def beside(folder: str, path: str) -> str:
    """How reports call a file that one in a folder names; the folder is as they call it."""
    shown = os.path.normpath(os.path.join(folder, path))
    return display_name(shown, os.getcwd()) if shown.startswith(os.pardir) else shown


class _Walk:
    """The walk over folders; remembers where it was."""

    def __init__(self, named: set[str], seen: set[str], exclude: Iterable[str], root: str) -> None:
        from asllint.loader.gitignore import Ignores

        self._named = named
        self._seen = seen
        self._root = root.rstrip(os.sep) + os.sep
        self._exclude = Ignores("\n".join(exclude))

    def files(self, name: str, path: str) -> Iterator[Found | Trouble]:
        real = os.path.realpath(path)
        if real in self._seen:
            return
        # what a link leads to waits until what is really here has been given under its own name
        links: list[_Folder] = []
        waiting = [
            _Folder("" if name == "." else name.rstrip("/") + "/", path, real, real, _layers_above(real))
        ]
        while waiting:
            yield from self._tree(waiting.pop(0), links, real)
            if not waiting:
                waiting, links = links, []

    def _tree(self, start: _Folder, links: list[_Folder], top: str) -> Iterator[Found | Trouble]:
        pending = [iter(self._entries(start, links, top))]
        while pending:
            for entry in pending[-1]:
                if isinstance(entry, _Folder):
                    pending.append(iter(self._entries(entry, links, top)))
                    break
                yield entry
            else:
                pending.pop()

    def _entries(self, folder: _Folder, links: list[_Folder], top: str) -> Iterator[_Entry]:
        if folder.real in self._seen:
            return
        self._seen.add(folder.real)
        try:
            with os.scandir(folder.path) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield trouble(folder.name.rstrip("/") or ".", folder.path, error)
            return
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names:
            return
        layers = folder.layers + (_layer(folder.place, ".gitignore") if ".gitignore" in names else ())
        is_assembly = "cdk.out" in names and "manifest.json" in names
        places, reals = os.path.join(folder.place, ""), os.path.join(folder.real, "")
        for entry in entries:
            name = entry.name
            if is_assembly and name.startswith("asset."):
                continue
            place = places + name
            if name.lower().endswith(_SUFFIXES) and _is(entry.is_file):
                if name in _NEVER_OURS or self._is_ignored(place, False, layers):
                    continue
                real = os.path.realpath(entry.path) if entry.is_symlink() else reals + name
                if real not in self._seen:
                    self._seen.add(real)
                    yield Found(
                        printable(folder.name + name), entry.path, real in self._named, _is_promising(name)
                    )
            elif _is(entry.is_dir):
                if name in _NEVER_ENTERED or self._is_ignored(place, True, layers):
                    continue
                below = _Folder(printable(folder.name + name) + "/", entry.path, place, "", layers)
                if not entry.is_symlink():
                    yield below._replace(real=reals + name)
                elif not _are_nested(real := os.path.realpath(entry.path), top):
                    links.append(below._replace(real=real))

    def _is_ignored(self, place: str, is_folder: bool, layers: tuple[_Layer, ...]) -> bool:
        if place.startswith(self._root):
            verdict = self._exclude.verdict(_slashed(place[len(self._root) :]), is_folder)
            if verdict is not None:
                return verdict
        for ignores, prefix in reversed(layers):
            verdict = ignores.verdict(_slashed(place[prefix:]), is_folder)
            if verdict is not None:
                return verdict
        return False


def might_be_ours(data: bytes) -> bool:
    """Whether the content has a word without which no document is ours; for files found in folders."""
    if b"\0" in data[:256]:
        data = data.replace(b"\0", b"")
    for marker in _MARKERS:  # noqa: SIM110  (a generator takes longer than the search)
        if marker in data:
            return True
    return False


def read(found: Found, max_size: int = MAX_SIZE) -> bytes | Trouble | None:
    """A found file's bytes, or why there are none; None for one that only lay in a folder and is not ours."""
    data = read_bytes(found.path, max_size)
    if isinstance(data, Trouble):
        if data.kind == "too-large" and not (found.named or found.promised):
            head = read_at_most(found.path, min(max_size, 1 << 20))
            if isinstance(head, bytes) and not might_be_ours(head):
                return None
        return data._replace(path=found.name)
    return data if found.named or found.promised or might_be_ours(data) else None


def _layers_above(place: str) -> tuple[_Layer, ...]:
    """The ignore files that hold in a folder because of where its repository is, the nearest last."""
    above: list[str] = []
    folder = place
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        above.append(parent)
        folder = parent
    layers = _layer(folder, os.path.join(_git_folder(folder), "info", "exclude"))
    for parent in reversed(above):
        layers += _layer(parent, ".gitignore")
    return layers


def _git_folder(folder: str) -> str:
    """The `.git` folder of a repository; in a linked working tree `.git` is a file that says where it is."""
    git = os.path.join(folder, ".git")
    written = read_at_most(git, 4096)
    if isinstance(written, Trouble) or not written.startswith(b"gitdir:"):
        return git
    own = os.path.join(folder, os.fsdecode(written.removeprefix(b"gitdir:").strip()))
    common = read_at_most(os.path.join(own, "commondir"), 4096)
    return own if isinstance(common, Trouble) else os.path.join(own, os.fsdecode(common.strip()))


def _layer(folder: str, file: str) -> tuple[_Layer, ...]:
    from asllint.loader.gitignore import Ignores

    data = read_at_most(os.path.join(folder, file), MAX_SIZE)
    if isinstance(data, Trouble):
        return ()
    return ((Ignores(os.fsdecode(data)), len(folder.rstrip(os.sep)) + 1),)


def _are_nested(one: str, other: str) -> bool:
    one, other = one.rstrip(os.sep) + os.sep, other.rstrip(os.sep) + os.sep
    return one.startswith(other) or other.startswith(one)


def _is(question: Callable[[], bool]) -> bool:
    # a symbolic link that leads back to itself is neither a file nor a folder
    try:
        return question()
    except OSError:
        return False


def _is_promising(name: str) -> bool:
    return name.lower().endswith(_PROMISING)


def _slashed(path: str) -> str:
    return path if os.sep == "/" else path.replace(os.sep, "/")
