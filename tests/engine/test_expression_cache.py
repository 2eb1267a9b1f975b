"""Keys of kernels, and what the second use of a kernel costs."""

import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from partialpool.engine.expression import source_key

USE = """
import sys
from partialpool.engine.expression import Density, Input, row_kernel, source_key, variable
from partialpool.engine.mathematics import exp, lgamma

def build():
    assert sys.argv[1] == "first", "a cached kernel was built again"
    y, eta = variable("y"), variable("eta")
    return Density(y * eta - exp(eta) - lgamma(y + 1), (Input("eta"),), ("y",))

kernel = row_kernel("poisson", source_key("poisson"), build)
from_cache = kernel.kernel.from_cache
if sys.argv[1] == "second":
    assert "sympy" not in sys.modules
    assert "scipy.special" not in sys.modules
    assert from_cache
print(kernel.columns, kernel.n_prepared)
"""


def start(use, folder):
    environment = {**os.environ, "PARTIALPOOL_CACHE_DIR": str(folder)}
    command = [sys.executable, "-c", USE, use]
    return subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True)  # noqa: S603


def test_second_use_neither_derives_nor_compiles(tmp_path):
    both = [start("first", tmp_path), start("first", tmp_path)]
    outputs = [process.communicate() for process in both]
    outputs.append(start("second", tmp_path).communicate())
    assert [out for out, _ in outputs] == ["('y',) 1\n"] * 3, outputs
    [file] = (tmp_path / "generated").glob("*.py")
    assert file.name.startswith("poisson_")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert not list(file.parent.glob(".*"))


def add(n):
    def added(y):
        return y + n

    return added


CONSTANT = 1.0


def uses_a_constant(y):
    return y + CONSTANT


def calls(y):
    return uses_a_constant(y)


@dataclass(frozen=True)
class Link:
    name: str


class Family:
    default: ClassVar[float] = 1.0

    def __init__(self, link):
        self.link = link

    def log_density(self, y):
        return y

    @property
    def linked(self):
        return self.link


def test_functions_count_by_what_they_do():
    # fmt: off
    def one(y): return y * 2 + 1
    two = one

    def one(y):
        # the same, written otherwise
        return (y * 2) + 1
    # fmt: on
    assert source_key(one) == source_key(two)
    assert source_key(lambda y: y + 1) != source_key(lambda y: y + 2)
    assert source_key(lambda y: y + 1) != source_key(lambda y: y - 1)
    assert source_key(add(1)) == source_key(add(1))
    assert source_key(add(1)) != source_key(add(2))
    assert source_key(lambda y, n=1: y + n) != source_key(lambda y, n=2: y + n)


def test_functions_count_by_the_globals_they_use(monkeypatch):
    before = source_key(calls)
    monkeypatch.setitem(globals(), "CONSTANT", 2.0)
    assert source_key(calls) != before


def test_instances_count_by_class_and_attributes(monkeypatch):
    key = source_key(Family(Link("log")))
    assert key == source_key(Family(Link("log")))
    assert key != source_key(Family(Link("identity")))
    monkeypatch.setattr(Family, "default", 2.0)
    assert key != source_key(Family(Link("log")))
    monkeypatch.undo()
    monkeypatch.setattr(Family, "log_density", lambda self, y: -y)
    assert key != source_key(Family(Link("log")))


def test_methods_count_by_function_and_instance():
    assert source_key(Family("a").log_density) == source_key(Family("a").log_density)
    assert source_key(Family("a").log_density) != source_key(Family("b").log_density)


def test_containers_and_arrays():
    assert source_key({"a", "b", "c"}) == source_key({"c", "b", "a"})
    assert source_key(("a", ("b",))) != source_key(("a", "b"))
    assert source_key({"a": 1}) != source_key({"a": 2})
    assert source_key(np.array([1.0, 2.0])) != source_key(np.array([1.0, 3.0]))
    assert source_key(1) != source_key(1.0)


def test_recursion_ends():
    loop = []
    loop.append(loop)
    assert source_key(loop) == source_key(loop)


def test_what_has_no_key_is_named():
    with pytest.raises(TypeError, match="no key can be made of <object object"):
        source_key(object())


def test_keys_do_not_depend_on_the_process():
    command = "from partialpool.engine.expression import source_key as k; print(k(lambda y: y in {'a', 'b', 'c', 'd'}))"
    keys = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", command], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(keys) == 1
