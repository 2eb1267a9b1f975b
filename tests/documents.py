"""Code that stands in the documents of the project."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def code_after(document: str, marker: str = "") -> str:
    """Return the first block of Python after a marker in a document."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.search(re.escape(marker) + r".*?```python\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def module_of(source: str, path: Path) -> dict[str, object]:
    path.write_text(source, encoding="utf-8")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    try:
        specification.loader.exec_module(module)
    finally:
        del sys.modules[path.stem]
    return vars(module)
