"""The process: how it ends, whatever happens inside."""

import subprocess
import sys
from pathlib import Path

import pytest

GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
BAD = '{"StartAt": "B", "States": {"A": {"Type": "Pass", "Next": "A"}}}'

BROKEN_CHECK = """
import sys
from asllint.checks import flow
def no_terminal_state(machine):
    raise ZeroDivisionError("broken on purpose")
flow.no_terminal_state = no_terminal_state
from asllint.__main__ import main
sys.argv = ["asllint", "check", "--format", "concise", "-q", sys.argv[1]]
main()
"""
BROKEN_COMMAND = """
import sys
from asllint import project
project.Project.pair = None
from asllint.__main__ import main
sys.argv = ["asllint", "check", sys.argv[1]]
main()
"""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def written(folder: Path, text: str) -> str:
    path = folder / "a.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_check_that_raises_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    done = run("-c", BROKEN_CHECK, written(tmp_path, BAD))
    assert done.returncode == 3
    assert "internal error in rule no-terminal-state on" in done.stderr
    assert "ZeroDivisionError: broken on purpose" in done.stderr
    assert "error[dangling-transition]" in done.stdout


def test_whatever_else_raises_is_an_internal_error(tmp_path: Path) -> None:
    done = run("-c", BROKEN_COMMAND, written(tmp_path, GOOD))
    assert done.returncode == 3
    assert "asllint: internal error (TypeError): please report it" in done.stderr


def test_statuses_leave_the_process(tmp_path: Path) -> None:
    assert run("-m", "asllint", "check", written(tmp_path, GOOD)).returncode == 0
    assert run("-m", "asllint", "check", written(tmp_path, BAD)).returncode == 1
    assert run("-m", "asllint", "check", str(tmp_path / "none.json")).returncode == 2
    assert run("-m", "asllint", "--help").returncode == 0


def test_a_reader_that_stops_early_is_no_error_of_ours(tmp_path: Path) -> None:
    command = f"{sys.executable} -m asllint check {written(tmp_path, BAD)} | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, "Traceback" in done.stderr) == ("error[dang", False)


def test_the_library_leaves_the_garbage_collector_as_it_was() -> None:
    program = "import gc; from asllint import lint; lint('{}'); print(gc.isenabled())"
    assert run("-c", program).stdout == "True\n"
    assert run("-c", program.replace("gc;", "gc; gc.disable();", 1)).stdout == "False\n"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no folder of what a process holds open")
def test_a_pipe_that_the_shell_has_opened_is_read() -> None:
    text = '{"StartAt": "A", "States": {}}'
    command = f"{sys.executable} -m asllint check --no-config --quiet <(echo '{text}')"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "empty-field" in done.stdout
