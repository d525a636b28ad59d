from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
ENCRYPTION = Path(__file__).resolve().parents[3] / "docs" / "encryption.md"


def blocks_of(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


BLOCKS = blocks_of(README)


@pytest.mark.parametrize("block", [*BLOCKS, *blocks_of(ENCRYPTION)])
def test_every_example_is_python_and_imports_what_exists(block: str) -> None:
    for node in ast.walk(ast.parse(block)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            module = importlib.import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name)


def test_it_opens_with_at_most_ten_lines_of_code() -> None:
    assert README.read_text(encoding="utf-8").splitlines()[2] == "```python"
    assert len(BLOCKS[0].splitlines()) <= 10


def test_the_table_names_methods_that_exist() -> None:
    import meshkore
    from meshkore.blocking import BlockingChannels

    rows = re.findall(r"^\| .+ \| (`.+`) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 9
    for row in rows:
        names = re.findall(r"`([a-z_.]+)`", row)
        of_channels = names[0].startswith("channels.")
        owner = BlockingChannels if of_channels else meshkore.MeshKoreRestAgent
        for name in names:
            assert hasattr(owner, name.removeprefix("channels.")), name
