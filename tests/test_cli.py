"""The command line: options in, exit status out, findings to stdout and all else to stderr."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import asllint

GOOD = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
BAD = '{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}'
BAD_LINE = "a.json:1:13: error[dangling-transition] `StartAt` leads to `B`, which does not exist\n"
WARNED = '{"StartAt": "A", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
OWN_RULE = """
title = "Machine has no comment"
severity = "warning"
target = "machine"
rationale = "Nobody knows what it is for."
[assert]
message = "say in `Comment` what this machine is for"
schema.required = ["Comment"]
[[good]]
text = '{"Comment": "pays", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
[[bad]]
at = ["1:1 "]
text = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")


def test_a_clean_definition_ends_with_0(folder: Path) -> None:
    write(folder, a_json=GOOD)
    done = asllint("check", "a.json", folder=folder)
    summary = (
        "no findings: 1 definition checked; skipped permission checks of 1 definition: no policy given\n"
    )
    assert (done.status, done.stdout, done.stderr) == (0, summary, "")


def test_a_finding_ends_with_1(folder: Path) -> None:
    write(folder, a_json=BAD)
    done = asllint("check", "--format", "concise", "--quiet", "a.json", folder=folder)
    assert (done.status, done.stdout, done.stderr) == (1, BAD_LINE, "")


@pytest.mark.parametrize(("fail_on", "status"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_fail_on_decides_which_findings_count(folder: Path, fail_on: str, status: int) -> None:
    write(folder, a_json=WARNED)
    assert asllint("check", "--fail-on", fail_on, "a.json", folder=folder).status == status


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif"])
def test_the_format_never_changes_the_status(folder: Path, form: str) -> None:
    write(folder, a_json=BAD, b_json=GOOD)
    assert asllint("check", "--format", form, "a.json", folder=folder).status == 1
    assert asllint("check", "--format", form, "b.json", folder=folder).status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "none.json"), "asllint: none.json: does not exist"),
        (("check", "other.json"), "asllint: other.json: is no definition, policy or template"),
        (("check", "--selct", "flow"), "No such option '--selct'."),
        (("chek",), "no such command 'chek'; did you mean `asllint check`?"),
        (("a.json",), "no such command 'a.json'; to check a file: `asllint check a.json`"),
        (
            ("check", "--select", "flwo", "a.json"),
            "no rule or category is called `flwo`; did you mean `flow`?",
        ),
        (("check", "--define", "X", "a.json"), "--define wants NAME=VALUE, not 'X'"),
        (("check", "--output", "pdf=x", "a.json"), "--output wants FORMAT=FILE with one of"),
        (("check", "--policy", "none.json", "a.json"), "asllint: none.json: does not exist"),
        (("check", "--policy", "a.json", "a.json"), "asllint: a.json: is not an IAM policy"),
        (("check", "--policy", "trust.json", "a.json"), "asllint: trust.json: is a trust policy"),
        (
            ("check", "--policy", "p.json", "--trust", "p.json", "a.json"),
            "asllint: p.json: is no trust policy",
        ),
        (("check", "--rules", "none", "a.json"), "asllint: none: does not exist"),
        (("check", "--config", "none.toml", "a.json"), "none.toml"),
        (("explain", "dangling-transitoin"), "did you mean `dangling-transition`?"),
        (("check", "empty"), "nothing to check: no definition, policy or template in empty"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_is_told(
    folder: Path, arguments: tuple[str, ...], told: str
) -> None:
    trust = '{"Version": "2012-10-17", "Statement": [{"Principal": {"Service": "states.amazonaws.com"}}]}'
    policy = '{"Version": "2012-10-17", "Statement": []}'
    write(folder, a_json=GOOD, other_json='{"name": "x"}', trust_json=trust, p_json=policy)
    (folder / "empty").mkdir()
    done = asllint(*arguments, folder=folder)
    assert done.status == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_others_are_reported_beside_what_cannot_be_used(folder: Path) -> None:
    write(folder, a_json=BAD)
    done = asllint("check", "--format", "concise", "--quiet", "a.json", "none.json", folder=folder)
    assert (done.status, done.stdout) == (2, BAD_LINE)


def test_standard_input_is_called_as_the_user_says(folder: Path) -> None:
    done = asllint(
        "check", "-q", "--format", "concise", "-", "--stdin-filename", "a.json", folder=folder, stdin=BAD
    )
    assert (done.status, done.stdout) == (1, BAD_LINE)


def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    write(folder, a_json=BAD)
    done = asllint("check", "--format", "json", "a.json", "./a.json", ".", folder=folder)
    report = json.loads(done.stdout)
    assert (report["summary"]["documents"], len(report["findings"])) == (1, 1)


def test_a_folder_is_searched_and_counted(folder: Path) -> None:
    write(folder, a_json=GOOD, a_policy_json='{"Version": "2012-10-17", "Statement": []}', x_json="{}")
    summary = json.loads(asllint("check", "--format", "json", folder=folder).stdout)["summary"]
    assert (summary["documents"], summary["machines"], summary["policies"]) == (2, 1, 1)


def test_list_files_names_the_documents(folder: Path) -> None:
    write(folder, a_json=GOOD, b_json='{"name": "x"}')
    assert asllint("check", "--list-files", folder=folder).stdout == "a.json: definition\n"


def test_several_processes_find_the_same(folder: Path) -> None:
    for number in range(12):
        (folder / f"{number:02}.json").write_text(BAD, encoding="utf-8")
    one = asllint("check", "--format", "json", "--jobs", "1", folder=folder)
    two = asllint("check", "--format", "json", "--jobs", "2", folder=folder)
    assert (one.status, one.stdout) == (two.status, two.stdout)
    assert len(json.loads(one.stdout)["findings"]) == 12


def test_a_policy_of_the_same_name_is_paired(folder: Path) -> None:
    write(folder, pay_asl_json=GOOD, pay_policy_json='{"Version": "2012-10-17", "Statement": []}')
    done = asllint("check", "pay.asl.json", folder=folder)
    assert "paired pay.asl.json with pay.policy.json (same folder and name)" in done.stdout


def test_a_paired_policy_that_cannot_be_read_is_told(folder: Path) -> None:
    write(folder, pay_asl_json=GOOD, pay_policy_json='{"Version": "2012-10-17", "Statement": [}')
    (summary,) = asllint("check", "pay.asl.json", folder=folder).stdout.splitlines()[-1:]
    assert summary == (
        "1 error in 1 definition; paired pay.asl.json with pay.policy.json (same folder and name); skipped "
        "pay.asl.json: its policy pay.policy.json cannot be read, so the permissions were not checked"
    )


def test_of_a_described_machine_it_is_told_that_no_policy_is_given(folder: Path) -> None:
    write(folder, a_json=json.dumps({"roleArn": "r", "type": "STANDARD", "definition": GOOD}))
    skipped = "skipped permission checks of 1 definition: no policy given\n"
    assert asllint("check", "a.json", folder=folder).stdout == f"no findings: 1 definition checked; {skipped}"


def test_outputs_are_written_beside_the_report(folder: Path) -> None:
    write(folder, a_json=BAD)
    done = asllint(
        "check", "a.json", "--output", "json=out.json", "--output", "sarif=out.sarif", folder=folder
    )
    assert done.status == 1
    assert len(json.loads((folder / "out.json").read_text())["findings"]) == 1
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color_is_as_asked(
    folder: Path, arguments: tuple[str, ...], env: dict[str, str], colored: bool
) -> None:
    write(folder, a_json=BAD)
    assert ("\x1b[" in asllint("check", "a.json", *arguments, folder=folder, **env).stdout) is colored


def test_select_and_ignore_choose_rules(folder: Path) -> None:
    write(folder, a_json=BAD)
    assert asllint("check", "--ignore", "flow", "a.json", folder=folder).status == 0
    assert asllint("check", "--select", "document", "a.json", folder=folder).status == 0
    assert asllint("check", "--select", "dangling-transition", "a.json", folder=folder).status == 1


def test_configuration_changes_severity_and_ignores(folder: Path) -> None:
    write(folder, a_json=BAD, asllint_toml='[severity]\ndangling-transition = "note"\n')
    done = asllint("check", "a.json", folder=folder)
    assert done.status == 0
    assert done.stdout.startswith("note[dangling-transition]")
    write(folder, asllint_toml='[per-file-ignores]\n"*.json#/StartAt" = ["dangling-transition"]\n')
    assert asllint("check", "a.json", folder=folder).status == 0
    assert asllint("check", "--no-config", "a.json", folder=folder).status == 1


def test_an_unknown_configuration_key_is_told_with_its_near_match(folder: Path) -> None:
    write(folder, a_json=GOOD, asllint_toml='profil = "strict"\n')
    done = asllint("check", "a.json", folder=folder)
    assert done.status == 2
    assert "asllint.toml:1: unknown key `profil`; did you mean `profile`?" in done.stderr


def test_a_comment_suppresses_what_it_names(folder: Path) -> None:
    text = '{"Comment": "asllint: ignore[dangling-transition] made by hand", "StartAt": "B", "States": {}}'
    write(
        folder,
        a_json=BAD.replace("{", '{"Comment": "asllint: ignore[dangling-transition] why", ', 1),
        b_json=text,
    )
    assert asllint("check", "a.json", folder=folder).status == 0
    assert asllint("check", "--no-ignores", "a.json", folder=folder).status == 1


def test_a_yaml_comment_suppresses_on_its_line(folder: Path) -> None:
    write(
        folder,
        a_yaml="StartAt: B # asllint: ignore[dangling-transition] why\nStates:\n  A:\n    Type: Succeed\n",
    )
    assert asllint("check", "a.yaml", folder=folder).status == 0


def test_own_rules_run_and_are_tested(folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "no-comment.toml").write_text(OWN_RULE)
    write(folder, a_json=GOOD)
    done = asllint("check", "--rules", "mine", "--format", "concise", "-q", "a.json", folder=folder)
    told = "a.json:1:1: warning[no-comment] say in `Comment` what this machine is for\n"
    assert (done.status, done.stdout) == (1, told)
    done = asllint("rules", "test", "mine", folder=folder)
    assert (done.status, done.stdout) == (0, "2 examples of 1 rule, 0 failed\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[assert]", 'check = "flow.x"\n[assert]'), "`check` names code"),
        (("severity =", "sevrity ="), "unknown key `sevrity`; did you mean `severity`?"),
        (('"warning"', '"bad"'), "'bad' is none of error, warning, note"),
        (
            ('schema.required = ["Comment"]', "schema.required = 3"),
            "`assert.schema.required` is not a JSON Schema",
        ),
        (("[assert]", "[assert"), "is not TOML"),
    ],
)
def test_a_malformed_page_ends_with_2_and_its_place(folder: Path, change: tuple[str, str], told: str) -> None:
    (folder / "mine.toml").write_text(OWN_RULE.replace(*change))
    write(folder, a_json=GOOD)
    done = asllint("check", "--rules", "mine.toml", "a.json", folder=folder)
    assert done.status == 2
    assert "mine.toml" in done.stderr
    assert told in done.stderr


def test_a_failing_example_is_told(folder: Path) -> None:
    (folder / "mine.toml").write_text(OWN_RULE.replace('at = ["1:1 "]', 'at = ["1:2 /StartAt"]'))
    done = asllint("rules", "test", "mine.toml", folder=folder)
    assert done.status == 1
    assert "bad example 1: expected ['1:2 /StartAt'], found ['1:1 ']" in done.stdout


def test_config_init_writes_a_configuration_that_works(folder: Path) -> None:
    write(folder, a_json=GOOD)
    assert asllint("config", "init", folder=folder).status == 0
    assert asllint("check", "a.json", folder=folder).status == 0
    assert asllint("config", "init", folder=folder).status == 2
    assert 'profile = "recommended"' in asllint("config", "show", folder=folder).stdout


@pytest.mark.parametrize("what", ["--config", "--rule", "--report", "--definition"])
def test_schemas_are_json_schemas(folder: Path, what: str) -> None:
    from jsonschema.validators import validator_for

    schema = json.loads(asllint("config", "schema", what, folder=folder).stdout)
    validator_for(schema).check_schema(schema)


def test_explain_shows_the_page(folder: Path) -> None:
    done = asllint("explain", "dangling-transition", folder=folder)
    assert done.stdout.startswith("# Transition leads to a state that does not exist")


def test_explain_tells_below_a_bad_example_what_is_found_in_it(folder: Path) -> None:
    shown = asllint("explain", "dangling-transition", folder=folder).stdout
    told = "2:33: `Next` of state `A` leads to `Recipt`, which does not exist\nhelp: did you mean `Receipt`?"
    assert f"\n```\n\n```text\n{told}\n```\n" in shown
    assert "```text" not in shown.split("## Not found")[1]


def test_explain_tells_of_a_page_of_the_users_own(folder: Path) -> None:
    (folder / "no-comment.toml").write_text(OWN_RULE)
    done = asllint("explain", "--rules", "no-comment.toml", "no-comment", folder=folder)
    assert "```text\n1:1: say in `Comment` what this machine is for\n```" in done.stdout


def test_explain_names_the_text_that_a_finding_is_in(folder: Path) -> None:
    shown = asllint("explain", "trust-without-step-functions", folder=folder).stdout
    assert "```text\ntrust 2:48: Step Functions may not assume this role" in shown


def test_explain_is_no_wider_than_the_terminal(folder: Path) -> None:
    shown = asllint("explain", "--color", "always", "missing-permission", folder=folder, COLUMNS="60").stdout
    lines = re.sub(r"\x1b(?:\[[0-9;]*m|\]8;.*?\x1b\\)", "", shown).splitlines()
    assert lines[0].startswith(" ")
    assert max(map(len, lines)) == 60


def test_rules_are_listed(folder: Path) -> None:
    assert "dangling-transition" in asllint("rules", folder=folder).stdout
    listed = json.loads(asllint("rules", "list", "--format", "json", folder=folder).stdout)
    assert {"dangling-transition"} <= {rule["name"] for rule in listed}


@pytest.mark.parametrize(
    ("words", "offered"),
    [("asllint ch", ["plain,check"]), ("asllint check --format s", ["plain,sarif"])],
)
def test_the_shell_completes_commands_and_values(words: str, offered: list[str]) -> None:
    count = str(len(words.split()) - 1)
    env = {**os.environ, "_ASLLINT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}
    done = subprocess.run(
        [sys.executable, "-m", "asllint"], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == offered


def test_the_help_of_check_lists_every_option_once_by_what_it_is_for() -> None:
    from asllint.commands.check import OPTIONS, command

    listed = [name for names in OPTIONS.values() for name in names]
    given = [opt for option in command.params for opt in option.opts if opt.startswith("--")]
    assert sorted(listed) == sorted([*given, "--help"])
    text = asllint("check", "--help").stdout
    assert [line[:-1] for line in text.splitlines() if line in {f"{title}:" for title in OPTIONS}] == [
        *OPTIONS
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--arn", "pay"],
            "--arn wants the ARN of a state machine, as arn:aws:states:eu-west-1:111122223333:",
        ),
        (["--output", "json=-"], "--output writes files; for standard output there is `--format json`"),
    ],
)
def test_an_option_that_cannot_be_meant_so_is_refused(options: list[str], told: str, tmp_path: Path) -> None:
    done = asllint("check", *options, ".", folder=tmp_path)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(f"asllint: {told}")
    assert list(tmp_path.iterdir()) == []


def test_a_rule_page_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_bytes(b"\xff\xfe")
    done = asllint("check", "--rules", "ours.toml", ".", folder=tmp_path)
    assert (done.status, done.stderr) == (2, "asllint: ours.toml: is not UTF-8\n")


def test_a_category_to_explain_is_answered_with_its_rules() -> None:
    done = asllint("explain", "callbacks")
    assert done.status == 2
    assert "it is a category, with callback-only-times-out, token-as-text, token-not-passed" in done.stderr


def test_a_report_does_not_take_the_place_of_what_is_checked(tmp_path: Path) -> None:
    definition = tmp_path / "pay.asl.json"
    definition.write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', encoding="utf-8")
    before = definition.read_text(encoding="utf-8")
    done = asllint("check", "--no-config", "--output", "json=pay.asl.json", ".", folder=tmp_path)
    assert (done.status, definition.read_text(encoding="utf-8")) == (2, before)
    assert "the report would take its place" in done.stderr


def test_what_could_not_be_used_is_in_the_reports_for_machines(tmp_path: Path) -> None:
    (tmp_path / "pay.asl.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', "utf-8")
    names = ("pay.asl.json", "lost.json")
    sarif = asllint("check", "--no-config", "--format", "sarif", *names, folder=tmp_path)
    (run,) = json.loads(sarif.stdout)["runs"]
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    told = [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]
    assert "lost.json: does not exist" in told
    report = asllint("check", "--no-config", "--format", "json", *names, folder=tmp_path)
    assert "lost.json: does not exist" in json.loads(report.stdout)["summary"]["skipped"]


def test_a_machine_of_the_configuration_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "asllint.toml").write_text('[[machine]]\ndefinition = "lost.asl.json"\n', encoding="utf-8")
    (tmp_path / "pay.asl.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', "utf-8")
    done = asllint("check", "pay.asl.json", folder=tmp_path)
    assert done.status == 2
    assert "asllint.toml:2: `definition` of a machine names lost.asl.json" in done.stderr
