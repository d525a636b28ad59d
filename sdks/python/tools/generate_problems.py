"""Writes src/meshkore/problems.py from the hub's registry of refusals.

Run it after a change of protocol/problems.yaml; `--check` only says whether the file is current.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

SDK = Path(__file__).resolve().parents[1]
REGISTRY = SDK.parents[1] / "protocol" / "problems.yaml"
GENERATED = SDK / "src" / "meshkore" / "problems.py"

HEADER = '''"""One exception for every refusal of a hub.

Generated from protocol/problems.yaml by tools/generate_problems.py. Do not edit.
"""

from __future__ import annotations

from meshkore.errors import ProblemError

'''


def class_name(slug: str) -> str:
    """The name of a slug's exception: unknown-agent becomes UnknownAgentError."""
    return "".join(word.capitalize() for word in slug.split("-")) + "Error"


def exception_source(problem: dict[str, Any]) -> str:
    """The source of one exception class."""
    slug = problem["slug"]
    lines = [
        f"class {class_name(slug)}(ProblemError):",
        f'    """{problem["title"]}."""',
        "",
        f'    slug = "{slug}"',
        f'    default_retry = "{problem["retry"]}"',
    ]
    return "\n".join(lines)


def generate(registry: Path = REGISTRY) -> str:
    """The whole text of the generated module."""
    problems = yaml.safe_load(registry.read_text(encoding="utf-8"))["problems"]
    slugs = [problem["slug"] for problem in problems]
    names = ["PROBLEMS", *sorted(class_name(slug) for slug in slugs)]
    exports = "\n".join(f'    "{name}",' for name in names)
    classes = "\n\n\n".join(exception_source(problem) for problem in problems)
    table = "\n".join(f'    "{slug}": {class_name(slug)},' for slug in slugs)
    return (
        f"{HEADER}__all__ = [\n{exports}\n]\n\n\n{classes}\n\n\n"
        f"PROBLEMS: dict[str, type[ProblemError]] = {{\n{table}\n}}\n"
    )


def main() -> int:
    """Writes the module, or with --check compares it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the file is not current")
    arguments = parser.parse_args()
    source = generate()
    if not arguments.check:
        GENERATED.write_text(source, encoding="utf-8")
        return 0
    if GENERATED.exists() and GENERATED.read_text(encoding="utf-8") == source:
        return 0
    print("problems.py is not current: run tools/generate_problems.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
