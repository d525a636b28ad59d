from __future__ import annotations

import sys
from pathlib import Path

import yaml

from meshkore.problems import PROBLEMS

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

import generate_problems


def test_the_generated_file_is_current() -> None:
    current = generate_problems.GENERATED.read_text(encoding="utf-8")
    assert current == generate_problems.generate(), "run tools/generate_problems.py"


def test_every_refusal_of_the_registry_has_an_exception() -> None:
    registry = yaml.safe_load(generate_problems.REGISTRY.read_text(encoding="utf-8"))["problems"]
    assert [problem["slug"] for problem in registry] == list(PROBLEMS)
    for problem in registry:
        assert PROBLEMS[problem["slug"]].default_retry == problem["retry"]


def test_a_changed_registry_changes_the_file(tmp_path: Path) -> None:
    registry = tmp_path / "problems.yaml"
    registry.write_text("problems: [{slug: too-loud, title: Too loud, retry: later}]")
    source = generate_problems.generate(registry)
    assert "class TooLoudError(ProblemError):" in source
    assert 'default_retry = "later"' in source
