"""A rule: its page, read when it is needed."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from asllint.finding import Severity
from asllint.record import Record

Check = TypeVar("Check", bound=Callable[..., Any])

PROFILES = ("recommended", "strict", "pedantic")


class PageError(Exception):
    """A page that cannot be a rule: the place and what is wrong with it."""

    def __init__(self, path: str, message: str, line: int | None = None) -> None:
        super().__init__(f"{path}{f':{line}' if line else ''}: {message}")


class Example(Record):
    """A document of a page with what is known beside it; `at` is where the rule speaks, empty for a good one.

    Each place of `at` is `LINE:COLUMN POINTER`; one in another text than the example's own starts with its
    name, `policy 3:9 /Statement/0/Action`. `repeat` is a piece of the text and how often it stands there;
    `hex` are the bytes of a file, for what no text can show.
    """

    text: str = ""
    at: tuple[str, ...] = ()
    type: str | None = None
    arn: str | None = None
    policy: str | None = None
    trust: str | None = None
    file: str | None = None
    repeat: tuple[str, int] = ("", 0)
    hex: str | None = None

    @property
    def document(self) -> str:
        """The whole text."""
        piece, times = self.repeat
        return self.text.replace(piece, piece * times) if piece else self.text

    @property
    def data(self) -> bytes | None:
        """The bytes of a file, None where the example is a text."""
        if self.hex is None:
            return None
        piece, times = self.repeat
        return bytes.fromhex(self.hex.replace(piece, piece * times) if piece else self.hex)


class Rule:
    """One page of the catalogue. Its name and category are those of its file; the rest is read when asked
    for.
    """

    __slots__ = ("__dict__", "category", "is_own", "name", "path")

    def __init__(self, name: str, category: str, path: str, *, is_own: bool = False) -> None:
        self.name = name
        self.category = category
        self.path = path
        self.is_own = is_own

    def __repr__(self) -> str:
        return f"Rule({self.category}/{self.name})"

    @cached_property
    def text(self) -> str:
        """The page as it is written. Raises PageError where it cannot be read."""
        try:
            with open(self.path, encoding="utf-8") as page:
                return page.read()
        except UnicodeDecodeError as error:
            raise PageError(self.path, "is not UTF-8") from error
        except OSError as error:
            raise PageError(self.path, f"cannot be read: {(error.strerror or 'fault').lower()}") from error

    @cached_property
    def head(self) -> Mapping[str, str]:
        """The page's one-line texts before its first table: enough to know severity and profile without a
        TOML reader.
        """
        found = {}
        for line in self.text.split("\n[", 1)[0].splitlines():
            key, equals, value = line.partition(" = ")
            if equals and key.isidentifier() and len(value) > 1 and value[0] == value[-1] == '"':
                found[key] = value[1:-1]
        return found

    @property
    def profile(self) -> str:
        return (
            str(self.page.get("profile", "recommended"))
            if self.is_own
            else self.head.get("profile", "recommended")
        )

    @property
    def severity(self) -> Severity:
        return Severity(self.page["severity"] if self.is_own else self.head["severity"])

    @cached_property
    def page(self) -> dict[str, Any]:
        """The whole page. Raises PageError where it is not TOML."""
        import tomllib

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise PageError(self.path, f"is not TOML: {error}") from error

    @property
    def title(self) -> str:
        return str(self.page["title"])

    @property
    def target(self) -> str:
        return str(self.page["target"])

    @property
    def rationale(self) -> str:
        return str(self.page.get("rationale", "")).strip()

    @property
    def sources(self) -> list[str]:
        return [str(source) for source in self.page.get("sources", [])]

    def examples(self, kind: str) -> list[Example]:
        """The page's examples of a kind, `good` or `bad`."""
        return [_example(**written) for written in self.page.get(kind, [])]


def _example(**written: Any) -> Example:
    frozen: dict[str, Any] = {k: tuple(v) if type(v) is list else v for k, v in written.items()}
    return Example(**frozen)


def where(key: Callable[[Any], Any], *values: object) -> Callable[[Check], Check]:
    """A check that concerns only some of its targets: those of which a fact is one of the values (of which
    none is empty), or, where no value is given, those of which it is true.
    """

    def narrowed(check: Check) -> Check:
        check.where = key, values  # type: ignore[attr-defined]
        return check

    return narrowed


def mentions(*words: str) -> Callable[[Check], Check]:
    """A check that concerns only documents with one of the words in their text or in the machine's ARN."""

    def narrowed(check: Check) -> Check:
        check.mentions = words  # type: ignore[attr-defined]
        return check

    return narrowed
