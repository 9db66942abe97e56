"""Documents times rules gives findings."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

from asllint.catalogue import Catalogue, Selection
from asllint.finding import Finding, Place, Problem, Severity
from asllint.loader import pointer
from asllint.loader.document import DEFINITION, DEPLOYMENT, Document, Reading, Settings
from asllint.loader.source import Region
from asllint.record import Record
from asllint.rule import Rule
from asllint.units import Scope, Unit, applies, state_of

Check = Callable[..., Iterator[Problem]]

MANY_UNITS = 20
MANY_STATES = 100

# The categories with rules about all machines of a run together.
OF_PROJECTS = ("nested",)

# The first parameter's name of a check says what it is about.
PARAMETERS = {
    "map_state": "map",
    "pass_state": "pass",
    "choice_rule": "choice-rule",
    "trust_policy": "trust-policy",
}


class Failure(Record):
    """A check that raised: our fault, told on stderr, never a finding."""

    rule: str
    file: str
    error: Exception


Key = Callable[[Any], Any]
Checks = list[tuple[Rule, Check]]
# The checks by kind of target: the fact that tells their targets apart, the checks of those of which it is
# true, those of the others by the fact's value.
Table = dict[str, list[tuple[Key, Checks, dict[Any, Checks]]]]
EVERY: tuple[Key, tuple[Any, ...]] = (lambda target: True, ())


class Engine:
    """The wanted rules, ready to run; it keeps the checks it has loaded."""

    def __init__(self, catalogue: Catalogue, selection: Selection) -> None:
        self.catalogue = catalogue
        self.selection = selection
        self.failures: list[Failure] = []
        self._units = 0
        self._wanted: dict[str, bool] = {}
        self._checks: dict[str, list[tuple[Rule, str, Check]]] = {}
        self._categories = selection.may_include_of(catalogue.categories)

    def includes(self, rule: Rule) -> bool:
        wanted = self._wanted.get(rule.name)
        if wanted is None:
            wanted = self._wanted[rule.name] = self.selection.includes(rule)
        return wanted

    def checks(self, category: str) -> list[tuple[Rule, str, Check]]:
        """The checks of a category with their targets: a function of the rule's name, or the page's
        assertion.
        """
        found = self._checks.get(category)
        if found is None:
            found = self._checks[category] = list(self._load(category))
        return found

    def _load(self, category: str) -> Iterator[tuple[Rule, str, Check]]:
        rules = self._categories[category]
        module = None
        if any(not rule.is_own for rule in rules):
            module = module_of(category)
        for rule in rules:
            work = None if rule.is_own else getattr(module, rule.name.replace("-", "_"), None)
            if work is not None:
                yield rule, target_of(work), work
            elif self.includes(rule):
                from asllint.assertion import assertion

                yield rule, rule.target, assertion(rule)

    def lint(self, units: Iterable[Unit], readings: Iterable[Reading] = ()) -> list[Finding]:
        """Every finding, sorted by place. A check that raises is kept in `failures`, the others go on."""
        found: list[Finding] = []
        for reading in readings:
            if reading.faults:
                found += self._of_reading(reading)
        for unit in units:
            found += self._of_unit(unit)
        return sorted({finding[:7]: finding for finding in found}.values(), key=order)

    def _of_reading(self, reading: Reading) -> Iterator[Finding]:
        if "document" not in self._categories:
            return
        for rule, target, check in self.checks("document"):
            if target == "reading":
                for problem in self._run(rule, check, reading, reading.text.source.name):
                    yield self._locate_text(reading, rule, problem)

    def _of_unit(self, unit: Unit) -> Iterator[Finding]:
        scope = Scope(unit)
        self._units += 1
        table = self._table(scope)
        for kind, target in scope.targets(table):
            for key, of_true, by_value in table.get(kind, ()):
                try:
                    value = key(target)
                    if not value:
                        continue
                    concerned = of_true or by_value.get(value) or ()
                except Exception as error:
                    (first, _), *_ = of_true or next(iter(by_value.values()))
                    self.failures.append(Failure(first.name, unit.document.file, error))
                    continue
                for rule, check in concerned:
                    try:
                        for problem in check(target):
                            if not self.includes(rule):
                                break
                            yield self._locate(unit, rule, problem)
                    except Exception as error:
                        self.failures.append(Failure(rule.name, unit.document.file, error))

    def _table(self, scope: Scope) -> Table:
        """The checks that may have something to say of a document."""
        # Reading every page's head pays only where there is more to do than one ordinary definition.
        is_long = self._units > MANY_UNITS or scope.size > MANY_STATES
        by_key: dict[str, dict[tuple[Key, bool], dict[Any, Checks]]] = {}
        for category, rules in self._categories.items():
            if not applies(category, scope) and not any(rule.is_own for rule in rules):
                continue
            for rule, kind, check in self.checks(category):
                if (is_long and not self.includes(rule)) or not _may_concern(check, scope):
                    continue
                key, values = getattr(check, "where", EVERY)
                by_value = by_key.setdefault(kind, {}).setdefault((key, not values), {})
                for value in values or (True,):
                    by_value.setdefault(value, []).append((rule, check))
        return {
            kind: [
                (key, by_value[True] if is_claim else [], {} if is_claim else by_value)
                for (key, is_claim), by_value in found.items()
            ]
            for kind, found in by_key.items()
        }

    def of_ignores(self, ignores: Iterable[Any]) -> Iterator[Finding]:
        """What there is to say of suppressions themselves, once it is known which were of use."""
        if "document" not in self._categories:
            return
        for ignore in ignores:
            unit = Unit(ignore.document, None, {})
            for rule, target, check in self.checks("document"):
                if target == "ignore":
                    for problem in self._run(rule, check, ignore, ignore.document.file):
                        if problem.text_span is not None:
                            found = self._locate_text(ignore.document.reading, rule, problem)
                            yield found._replace(pointer=pointer.text(problem.pointer))
                        else:
                            yield self._locate(unit, rule, problem)

    def of_project(self, project: Any) -> Iterator[Finding]:
        """What there is to say of the machines of all files together, by their cards."""
        for category in OF_PROJECTS:
            for rule, target, check in self.checks(category) if category in self._categories else ():
                if target == "project":
                    for problem in self._run(rule, check, project, "the whole project"):
                        yield self._locate_card(rule, problem)

    def is_of_project(self, name: str) -> bool:
        """Whether a rule, or one of a category, is about all machines of a run together."""
        rule = self.catalogue.rules.get(name)
        return (
            name in OF_PROJECTS if rule is None else rule.category in OF_PROJECTS and rule.target == "project"
        )

    def ran(self, name: str) -> bool:
        """Whether a rule, or any of a category, is among the wanted ones."""
        rules = [rule for rule in self.catalogue if name in (rule.name, rule.category)]
        return any(self.includes(rule) for rule in rules)

    def _run(self, rule: Rule, check: Check, target: Any, file: str) -> Iterator[Problem]:
        try:
            for problem in check(target):
                if not self.includes(rule):
                    return
                yield problem
        except Exception as error:
            self.failures.append(Failure(rule.name, file, error))

    def _severity(self, rule: Rule) -> Severity:
        chosen = self.selection.severity.get(rule.name) or self.selection.severity.get(rule.category)
        return Severity(chosen) if chosen else rule.severity

    def _locate(self, unit: Unit, rule: Rule, problem: Problem) -> Finding:
        document = (
            unit.documents.get(id(problem.within), unit.document)
            if problem.within is not None
            else unit.document
        )
        place = document.written(problem.pointer)
        if isinstance(problem.within, Settings) and document.kind != DEPLOYMENT:
            place = ()  # what deploys the machine is in no file
            problem = problem._replace(pointer=(), span=None)
        related = []
        for second in problem.related:
            other = unit.documents.get(id(second.within), document) if second.within is not None else document
            region = other.region(second.pointer, key=second.key)
            related.append(
                Place(other.file, region, pointer.text(other.written(second.pointer)), second.message)
            )
        if document.named_by is not None:
            holder, where, words = document.named_by
            if isinstance(holder, Document):
                related.append(Place(holder.file, holder.region(where), pointer.text(where), words))
        return Finding(
            file=document.file,
            region=document.region(problem.pointer, key=problem.key, span=problem.span),
            rule=rule.name,
            category=rule.category,
            severity=self._severity(rule),
            message=problem.message,
            pointer=pointer.text(place),
            help=problem.help,
            machine=document.name if document.kind in (DEFINITION, DEPLOYMENT) else "",
            state=state_of(document, problem.pointer),
            related=tuple(related),
            fix=problem.fix,
        )

    def _locate_card(self, rule: Rule, problem: Problem) -> Finding:
        card = problem.within
        where = pointer.text(problem.pointer)
        names = {rule.name, rule.category}
        return Finding(
            file=card.file,
            region=card.region(problem.pointer),
            rule=rule.name,
            category=rule.category,
            severity=self._severity(rule),
            message=problem.message,
            pointer=where,
            help=problem.help,
            machine=card.name,
            state=next((call.state for call in card.calls if call.pointer == problem.pointer), ""),
            related=tuple(
                Place(r.within.file, r.within.region(r.pointer), pointer.text(r.pointer), r.message)
                for r in problem.related
            ),
            suppressed=any(
                not names.isdisjoint(given) and f"{where}/".startswith(f"{covered}/")
                for covered, given in card.ignores
            ),
        )

    def _locate_text(self, reading: Reading, rule: Rule, problem: Problem) -> Finding:
        start, end = problem.text_span or (0, 0)
        file = reading.text.source.name
        related = tuple(
            Place(file, reading.text.region(*place.pointer), "", place.message)  # type: ignore[arg-type]
            for place in problem.related
        )
        return Finding(
            file=file,
            region=reading.text.region(start, end),
            rule=rule.name,
            category=rule.category,
            severity=self._severity(rule),
            message=problem.message,
            pointer=pointer.text(problem.pointer),
            help=problem.help,
            related=related,
        )


def order(finding: Finding) -> tuple[str, Region, str, str, str]:
    return finding.file, finding.region, finding.rule, finding.pointer, finding.message


def module_of(category: str) -> Any:
    """The module of coded checks of a category, None where its pages are all assertions."""
    try:
        return import_module(f"asllint.checks.{category}")
    except ModuleNotFoundError as error:
        if error.name != f"asllint.checks.{category}":
            raise
        return None


def target_of(check: Check) -> str:
    """What a check is about: the name of its first parameter."""
    name = check.__code__.co_varnames[0]
    return PARAMETERS.get(name, name)


def _may_concern(check: Check, scope: Scope) -> bool:
    words = getattr(check, "mentions", None)
    return words is None or scope.mentions(*words)
