"""The README tells the truth: its commands are there, and their output is what is printed."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from asllint.catalogue import Catalogue, built_in
from asllint.examples import failures
from asllint.rule import Rule

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WIDTH = 100


def on_a_terminal(*arguments: str) -> str:
    """What a command prints on a terminal of 100 columns without colours."""
    terminal, screen = pty.openpty()
    env = {**os.environ, "COLUMNS": str(WIDTH), "LINES": "50", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "asllint", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=screen, stdout=screen, stderr=screen):
        os.close(screen)
        written = b""
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            written += piece
    os.close(terminal)
    return written.decode().replace("\r\n", "\n")


def test_the_output_shown_is_the_output_printed() -> None:
    (command,) = re.findall(r"^    .*\.venv/bin/asllint (check .+)$", README, re.MULTILINE)
    shown = README.split("```\n")[1]
    assert shown == on_a_terminal(*command.split())
    assert all(len(line) <= WIDTH or line.lstrip().startswith('{"') for line in shown.splitlines())


def test_the_test_command_is_the_one_that_ci_calls() -> None:
    (command,) = re.findall(r"^    (python3 -m venv .*pytest.*)$", README, re.MULTILINE)
    assert ".venv/bin/pytest" in command
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_rule_shown_works(tmp_path: Path) -> None:
    (page,) = (block for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL) if "[assert]" in block)
    (tmp_path / "bare-function.toml").write_text(page, encoding="utf-8")
    rule = Rule("bare-function", "own", str(tmp_path / "bare-function.toml"), is_own=True)
    assert list(failures(rule)) == []
    assert Catalogue([*built_in(), rule]).rules["bare-function"].target == "task"


def test_every_command_shown_exists() -> None:
    commands = set(re.findall(r"^    asllint (\w+)", README, re.MULTILINE))
    assert commands == {"check", "policy", "explain", "rules"}
