"""The pre-commit hooks: installed as a package, run with their entries on file names."""

import re
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
BAD = '{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}'


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with asllint installed from a wheel; its dependencies are those of this one."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    (folder,) = home.glob("lib/python*/site-packages")
    (folder / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    install = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install", "--no-deps"]
    quiet = ["--no-build-isolation", "--no-index", "--force-reinstall", "-q", str(ROOT)]
    subprocess.run([*install, *quiet], check=True, capture_output=True)
    assert (folder / "asllint" / "rules").is_dir()
    return home / "bin"


def run(hook: str, binaries: Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    """A hook's entry as pre-commit runs it: split, found on the path, with the matching names behind it."""
    entry = HOOKS[hook]["entry"].split()
    matching = [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and re.search(HOOKS[hook]["files"], name := path.relative_to(folder).as_posix())
    ]
    names = matching if HOOKS[hook].get("pass_filenames", True) else []
    command = [str(binaries / entry[0]), *entry[1:], *names]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_passes_on_good_files(hook: str, binaries: Path, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "pay.asl.json").write_text(GOOD)
    done = run(hook, binaries, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no findings: 1 definition checked" in done.stdout


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_fails_on_a_bad_file(hook: str, binaries: Path, tmp_path: Path) -> None:
    (tmp_path / "pay.asl.json").write_text(BAD)
    (tmp_path / "other.asl.json").write_text(GOOD)
    done = run(hook, binaries, tmp_path)
    assert done.returncode == 1
    assert "error[dangling-transition]" in done.stdout
    assert "--> pay.asl.json:1:13" in done.stdout


@pytest.mark.parametrize(
    ("name", "hooks"),
    [
        ("flows/pay.asl.json", {"asllint", "asllint-project"}),
        ("pay.asl.yaml", {"asllint", "asllint-project"}),
        ("pay.asl", {"asllint", "asllint-project"}),
        ("package.json", {"asllint-project"}),
        ("main.tf", {"asllint-project"}),
        ("readme.md", set()),
    ],
)
def test_hooks_are_asked_for_the_right_files(name: str, hooks: set[str]) -> None:
    assert {hook for hook, told in HOOKS.items() if re.search(told["files"], name)} == hooks


def test_hook_leaves_out_what_the_configuration_excludes(binaries: Path, tmp_path: Path) -> None:
    (tmp_path / "legacy").mkdir()
    (tmp_path / "legacy" / "pay.asl.json").write_text(BAD)
    (tmp_path / "asllint.toml").write_text('exclude = ["legacy/"]\n')
    done = run("asllint", binaries, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
