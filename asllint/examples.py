"""The examples of rule pages as tests, for built-in pages and for users' own."""

from collections.abc import Iterator

from asllint.assertion import check_page
from asllint.catalogue import Catalogue, Selection, built_in
from asllint.finding import Finding
from asllint.rule import Example, Rule
from asllint.run import lint_bytes, lint_texts


def failures(rule: Rule) -> Iterator[str]:
    """What a page's examples promise and do not keep, a line each. Raises PageError."""
    check_page(rule)
    for number, example in enumerate(rule.examples("good"), 1):
        found = [f"{place(finding)}: {finding.message}" for finding in findings(rule, example)]
        if found:
            yield f"good example {number}: no finding was expected, but {'; '.join(found)}"
    for number, example in enumerate(rule.examples("bad"), 1):
        places = [place(finding) for finding in findings(rule, example)]
        if places != list(example.at):
            yield f"bad example {number}: expected {list(example.at)}, found {places}"


def findings(rule: Rule, example: Example) -> list[Finding]:
    """What a rule says of an example."""
    catalogue = Catalogue([*built_in(), rule]) if rule.is_own else built_in()
    found = lint_example(catalogue, example, Selection("pedantic"))
    return [finding for finding in found if finding.rule == rule.name]


def lint_example(catalogue: Catalogue, example: Example, selection: Selection) -> list[Finding]:
    if example.data is not None:
        return lint_bytes(example.data, catalogue, selection, name=example.file or "definition")
    return lint_texts(
        {"": example.document, "policy": example.policy, "trust": example.trust},
        catalogue,
        selection,
        name=example.file or "definition",
        machine_type=example.type,
        arn=example.arn,
    )


def told(rule: Rule, example: Example) -> list[str]:
    """What a reader is told of a bad example: its first finding with the place, and the way out."""
    found = findings(rule, example)
    if not found:
        return []
    help_ = [f"help: {found[0].help}"] if found[0].help else []
    return [f"{_where(found[0])}: {found[0].message}", *help_]


def place(finding: Finding) -> str:
    """`LINE:COLUMN POINTER` as pages write it, with the name of a text that is not the example's own."""
    return f"{_where(finding)} {finding.pointer}"


def _where(finding: Finding) -> str:
    other = f"{finding.file} " if finding.file in ("policy", "trust") else ""
    return f"{other}{finding.region.start_line}:{finding.region.start_column}"
