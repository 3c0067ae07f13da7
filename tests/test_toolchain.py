"""The check command and what it stands on: tools, the README's commands, the pins, the order of checks."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests import check
from tests.constraints import constraints
from tests.readme import commands
from tests.tools import DEBIAN, ROOT, require_tool, tracked_files

LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_a_missing_tool_skips_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("GRADPROOF_REQUIRE_TOOLS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="latexmk not installed: apt-get install latexmk"):
        require_tool("latexmk")


def test_a_missing_tool_fails_where_tools_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("GRADPROOF_REQUIRE_TOOLS", "1")
    with pytest.raises(pytest.fail.Exception, match="coqc not installed: apt-get install coq "):
        require_tool("coqc")


def test_a_present_tool_is_found_by_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "latexmk"
    tool.write_text("#!/bin/sh\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert require_tool("latexmk") == str(tool)


def test_a_tool_nobody_knows_how_to_install_is_refused() -> None:
    with pytest.raises(KeyError):
        require_tool("mathematica")


def test_the_files_git_tracks_include_this_one_and_no_cache() -> None:
    files = tracked_files(untracked=True)
    assert Path("tests/test_toolchain.py") in files
    assert not [path for path in files if "__pycache__" in path.parts]


def test_readme_sets_up_then_tests() -> None:
    first, second = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert "-m venv .venv" in first
    assert "gradproof notes" in first
    assert second.startswith(".venv/bin/python -m pytest")


def test_readme_commands_are_those_of_the_first_sh_block() -> None:
    text = "```python\nx\n```\n```sh\n# set up\none && \\\n  more\n\ntwo\n```\n```sh\nthree\n```\n"
    assert commands(text) == ("one &&   more", "two")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no block", "has no ```sh block"),
        ("```sh\none\n```\n", "holds 1 commands, not 2"),
        ("```sh\none\ntwo\nthree\n```\n", "holds 3 commands, not 2"),
    ],
)
def test_readme_without_exactly_two_commands_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        commands(text)


def test_constraints_pin_every_direct_need_for_this_python() -> None:
    pins = [Requirement(line) for line in constraints(LOCK)]
    here = {pin.name: pin for pin in pins if pin.marker is None or pin.marker.evaluate()}
    needs = map(Requirement, (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]))
    for need in needs:
        (pin,) = here[need.name].specifier
        assert pin.operator == "=="
        assert need.specifier.contains(pin.version), f"{need} is locked at {pin.version}: run `uv lock`"
    assert PROJECT["name"] not in here


def test_exactly_one_of_two_locked_versions_applies() -> None:
    forks = ["python_full_version < '3.12'", "python_full_version >= '3.12'"]
    source = {"registry": "https://pypi.org/simple"}
    packages: list[dict[str, Any]] = [
        {"name": "p", "version": str(number), "source": source, "resolution-markers": [fork]}
        for number, fork in enumerate(forks)
    ]
    pins = [Requirement(line) for line in constraints({"package": packages})]
    for version in ("3.11.4", "3.13.0"):
        applying = [pin for pin in pins if pin.marker and pin.marker.evaluate({"python_full_version": version})]
        assert [str(pin.specifier) for pin in applying] == [f"=={int(version > '3.12')}"]


def test_lock_names_public_addresses_only() -> None:
    registries = {package["source"].get("registry") for package in LOCK["package"]} - {None}
    assert registries == {"https://pypi.org/simple"}
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"\w+://[^/\"]+", text)) == {"https://pypi.org", "https://files.pythonhosted.org"}


@pytest.mark.parametrize(("ci", "required"), [("true", "1"), ("", None)])
def test_check_runs_everything_and_requires_tools_in_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, required: str | None
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("GRADPROOF_REQUIRE_TOOLS", raising=False)
    calls: list[tuple[tuple[str, ...], str | None]] = []

    def run(line: tuple[str, ...], **options: Any) -> subprocess.CompletedProcess[str]:
        calls.append((line, options["env"].get("GRADPROOF_REQUIRE_TOOLS")))
        return subprocess.CompletedProcess(line, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert check.main() == 0
    assert [line[:2] for line, _ in calls] == [(sys.executable, "-m")] * 4
    printed = [
        "ruff check",
        "ruff format --check",
        "mypy --strict",
        "pytest -q --hypothesis-profile=thorough",
    ]  # no marker is deselected
    assert [" ".join(line[2:]) for line, _ in calls] == printed
    assert capsys.readouterr().out.splitlines() == [f"+ python -m {command}" for command in printed]
    assert {value for _, value in calls} == {required}


def test_check_stops_at_the_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = iter((0, 3))
    monkeypatch.setattr(subprocess, "run", lambda line, **_: subprocess.CompletedProcess(line, next(statuses)))
    assert check.main() == 3


def test_ci_installs_for_every_tool_or_says_how() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for tool, packages in DEBIAN.items():
        if tool != "git":
            assert f"command -v {tool}" in script
            assert all(package in script for package in packages.split())
    workflow = (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8")
    assert re.findall(r"run: (.*)", workflow) == [".ci/run"]
