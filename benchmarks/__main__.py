"""`python -m benchmarks [NAME...]`: every budget with its measured ratio, interleaved runs, medians."""

import argparse
import compileall
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, PIPE, run

import asllint
from benchmarks import inputs

LEAST_RUNS = 7
FLOOR = [sys.executable, "-c", "import click, json"]
CHECK = [sys.executable, "-m", "asllint", "check", "--no-config"]


def whole(first: list[str], second: list[str], runs: int) -> float:
    """The ratio of two commands' wall time, as whole processes that take turns."""
    return inside(lambda: process(first), lambda: process(second), runs)


def process(command: list[str]) -> None:
    """Run a command to its end: clean or with findings, not refused and not broken."""
    done = run(command, stdout=DEVNULL, stderr=PIPE, stdin=DEVNULL, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ends with {done.returncode}: {done.stderr.decode()}")


def inside(first: Callable[[], object], second: Callable[[], object], runs: int) -> float:
    """The median of the ratios of two calls that take turns, each first in every other turn: a machine that
    is slow for a while is so for both.
    """
    ratios = []
    order = [first, second]
    for _ in range(max(runs, LEAST_RUNS)):
        times = {}
        for call in order:
            start = time.perf_counter()
            call()
            times[call] = time.perf_counter() - start
        ratios.append(times[first] / times[second])
        order.reverse()
    return median(ratios)


def walk(value: object) -> int:
    count, waiting = 0, [value]
    while waiting:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count


def floor_of_files(folder: str) -> list[str]:
    """Reading and parsing every file of a folder, and nothing else."""
    program = (
        "import click, json, os, sys\n"
        "for where, _, names in os.walk(sys.argv[1]):\n"
        "    for name in names:\n"
        "        with open(os.path.join(where, name), 'rb') as file: json.loads(file.read())\n"
    )
    return [sys.executable, "-c", program, folder]


def processes(folder: Path, runs: int) -> list[tuple[str, float, float]]:
    """Single files as whole processes, beside `import click, json`."""
    found = []
    for name, (budget, texts) in inputs.FILES.items():
        arguments = []
        for file, text in texts.items():
            path = folder / name / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            if ".policy." not in file:
                arguments.append(str(path))
        command = [*CHECK, *arguments]
        found.append((name, whole(command, FLOOR, runs), budget))
    return found


def large(runs: int) -> list[tuple[str, float, float]]:
    """A definition of 1 MB beside `json.loads` and one walk; growth with the number of states."""
    from asllint import lint

    found = []
    for name, text, budget in (
        ("1 MB clean", inputs.machine(1600), 10.0),
        ("1 MB with findings", inputs.machine(1600, broken=True), 20.0),
    ):

        def floor(text: str = text) -> int:
            return walk(json.loads(text))

        def check(text: str = text) -> object:
            return lint(text)

        check()
        found.append((name, inside(check, floor, runs), budget))
    for name, shape in inputs.SHAPES.items():
        small, big = shape(200), shape(2000)
        lint(small)
        found.append((name, inside(lambda t=big: lint(t), lambda t=small: lint(t), runs), 12.0))  # type: ignore[misc]
    return found


def many(folder: Path, count: int, runs: int) -> list[tuple[str, float, float]]:
    """A folder of files, in one process and in two."""
    root = folder / "many"
    inputs.tree(root, count)
    one = [*CHECK, "--jobs", "1", str(root)]
    two = [*CHECK, "--jobs", "2", str(root)]
    return [
        (f"{count} files", whole(one, floor_of_files(str(root)), runs), 10.0),
        (f"{count} files, 2 jobs / 1 job", whole(two, one, runs), 0.65),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=["processes", "large", "many", []], metavar="processes|large|many"
    )
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    compileall.compile_dir(Path(asllint.__file__).parent, quiet=1)
    parts = options.parts or ["processes", "large", "many"]
    rows: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "processes" in parts:
            rows += processes(folder, options.runs)
        if "large" in parts:
            rows += large(options.runs)
        if "many" in parts:
            rows += many(folder, options.files, 3)
    for label, ratio, budget in rows:
        print(f"{label:34} {ratio:6.2f} x   budget {budget:5.2f} x   {'' if ratio <= budget else 'OVER'}")


if __name__ == "__main__":
    main()
