"""Tape: ops in order over numbered slots, and the program that it becomes.

A tape is written once, when a model is built. Slots live in one float64 workspace: inputs (unconstrained parameters),
constants, what parameter ops compute, then one block of rows per row slot, which all blocks and sections share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.engine import driver
from partialpool.engine.kernel import Callback, Kernel

__all__ = ["BLOCK", "Op", "Output", "Program", "Section", "Slot", "Tape"]

BLOCK = 512
"""Rows of a block: predictors and adjoints of a few predictors stay in the first-level cache."""

_REGIONS = ("input", "constant", "parameter", "row")


@dataclass(frozen=True)
class Slot:
    """A place in the workspace: `size` doubles (for a row slot: one for each row of a block)."""

    region: str
    offset: int
    size: int

    def __getitem__(self, index: int) -> Slot:
        """Return the slot of one element."""
        return Slot(self.region, self.offset + range(self.size)[index], 1)

    def part(self, start: int, size: int) -> Slot:
        """Return the slot of a range of elements."""
        return Slot(self.region, self.offset + start, size)


Output: TypeAlias = tuple[Slot, NDArray[np.int64] | None]
Argument: TypeAlias = int | float | Slot | NDArray[np.float64] | NDArray[np.int64] | NDArray[np.int32]


class Op(Protocol):
    """One call of a kernel: which kernel, and its arguments."""

    @property
    def kernel(self) -> Kernel:
        """The kernel."""

    def arguments(self) -> Sequence[Argument]:
        """Return the arguments in the order in which the kernel reads them."""


@dataclass
class Section:
    """The row ops of one response.

    Attributes
    ----------
    n_rows
        Number of rows.
    block
        Rows of a block; all of them for a likelihood that does not factor over rows.
    """

    n_rows: int
    block: int
    _tape: Tape = field(repr=False)
    ops: list[Op] = field(default_factory=list, repr=False)
    _designs: list[NDArray[np.float64]] = field(default_factory=list, repr=False)

    def slot(self) -> Slot:
        """Reserve one double per row of a block."""
        return self._tape._reserve("row", self.block)

    def add(self, op: Op) -> None:
        """Append a row op."""
        self.ops.append(op)

    def blocked(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the columns of X laid out block by block, [block][column][row], the last block padded with zeros.

        Equal columns are stored once: several predictors of one design read the same memory.

        Parameters
        ----------
        X
            Array [row, column].
        """
        n, k = X.shape
        n_blocks = -(-n // self.block)
        out = np.zeros((n_blocks, k, self.block))
        for b in range(n_blocks):
            rows = X[b * self.block : (b + 1) * self.block]
            out[b, :, : len(rows)] = rows.T
        for known in self._designs:
            if np.array_equal(known, out):
                return known
        self._designs.append(out)
        return out


class Tape:
    """Ops and slots of one model, written in order.

    Examples
    --------
    >>> tape = Tape()
    >>> u = tape.input(3)
    >>> tape.compile([(u, None)]).expand(np.array([1.0, 2.0, 3.0]))[0]
    array([1., 2., 3.])
    """

    def __init__(self) -> None:
        self._sizes = dict.fromkeys(_REGIONS, 0)
        self._constants: list[NDArray[np.float64]] = []
        self._ops: list[tuple[Op, bool]] = []
        self._extra: list[Op] = []
        self._sections: list[Section] = []

    def _reserve(self, region: str, size: int) -> Slot:
        slot = Slot(region, self._sizes[region], size)
        self._sizes[region] += size
        return slot

    def input(self, size: int) -> Slot:
        """Reserve inputs: unconstrained parameters when fitting, drawn values when predicting."""
        return self._reserve("input", size)

    def constant(self, values: NDArray[np.float64] | Sequence[float] | float) -> Slot:
        """Reserve a slot that always holds these values."""
        array = np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel()
        self._constants.append(array)
        return self._reserve("constant", array.size)

    def slot(self, size: int) -> Slot:
        """Reserve a slot that a parameter op will fill."""
        return self._reserve("parameter", size)

    def add(self, op: Op, *, prior: bool = False) -> None:
        """Append an op that runs once per evaluation; `prior` counts what it returns in the log prior."""
        self._ops.append((op, prior))

    def generate(self, op: Op) -> None:
        """Append an op that only `expand` runs, for quantities that are derived from the parameters."""
        self._extra.append(op)

    def section(self, n_rows: int, block: int = BLOCK) -> Section:
        """Open the row ops of a response."""
        section = Section(n_rows, max(1, min(block, n_rows)), self)
        self._sections.append(section)
        return section

    def compile(self, outputs: Sequence[Output] = (), *, with_rows: bool = True) -> Program:
        """Return the program of the tape.

        Parameters
        ----------
        outputs
            What `expand` returns: slots, each with the order of its elements (None for all as they are). Row slots may be
            among them where each section is one block.
        with_rows
            Whether the row ops take part.
        """
        start, offsets = 0, {}
        for region in _REGIONS:
            offsets[region] = start
            start += self._sizes[region]
        return Program(self, offsets, start, outputs, self._sections if with_rows else [])


class Program:
    """A tape with addresses: what the driver runs. It owns every buffer that it points to.

    Attributes
    ----------
    n_inputs
        Length of the input vector.
    n_outputs
        Length of the vector of outputs (without the log prior that follows it).
    """

    def __init__(
        self, tape: Tape, offsets: dict[str, int], size: int, outputs: Sequence[Output], sections: Sequence[Section]
    ) -> None:
        self._alive: list[NDArray[np.generic]] = []
        self._offsets = offsets
        self.n_inputs = tape._sizes["input"]
        constants = self._keep(np.concatenate([*tape._constants, np.zeros(0)]))
        places = self._keep(np.concatenate([*(self._places(*o) for o in outputs), np.zeros(0, np.int64)]))
        self.n_outputs = len(places)
        ops, n_ops = self._table([(op, prior) for op, prior in tape._ops])
        extra, n_extra = self._table([(op, False) for op in tape._extra])
        header = [self.n_inputs, size, ops, n_ops, extra, n_extra, *self._section_table(sections)]
        header += [_address(constants), len(constants), offsets["constant"], _address(places), len(places)]
        from_rows = any(slot.region == "row" for slot, _ in outputs)
        self._words = self._keep(np.array([*header, offsets["row"], from_rows], dtype=np.int64))

    def _keep(self, array: NDArray[np.generic]) -> NDArray[np.generic]:
        self._alive.append(array)
        return array

    def _place(self, slot: Slot) -> int:
        return self._offsets[slot.region] + slot.offset

    def _places(self, slot: Slot, order: NDArray[np.int64] | None) -> NDArray[np.int64]:
        return self._place(slot) + (np.arange(slot.size, dtype=np.int64) if order is None else order)

    def _word(self, argument: Argument) -> int:
        if isinstance(argument, Slot):
            return self._place(argument)
        if isinstance(argument, float):
            return int(np.float64(argument).view(np.int64))
        if isinstance(argument, np.ndarray):
            if not argument.flags.c_contiguous:
                raise ValueError("data of an op must be C-contiguous")
            return _address(self._keep(argument))
        return int(argument)

    def _table(self, ops: Sequence[tuple[Op, bool]]) -> tuple[int, int]:
        words = np.empty((len(ops), driver.OP_WORDS), dtype=np.int64)
        for i, (op, prior) in enumerate(ops):
            arguments = self._keep(np.array([self._word(a) for a in op.arguments()], dtype=np.int64))
            words[i] = op.kernel.address, _address(arguments), prior
        return _address(self._keep(words)), len(ops)

    def _section_table(self, sections: Sequence[Section]) -> tuple[int, int]:
        words = np.empty((len(sections), driver.SECTION_WORDS), dtype=np.int64)
        for i, section in enumerate(sections):
            words[i] = section.n_rows, section.block, *self._table([(op, False) for op in section.ops])
        return _address(self._keep(words)), len(sections)

    @property
    def address(self) -> int:
        """Address of the program's words: the `user_data` of the driver's functions."""
        return _address(self._words)

    def log_density_gradient(
        self, x: NDArray[np.float64], *, jacobian: bool = True
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the log density at an unconstrained point, and its gradient."""
        x = np.ascontiguousarray(x, dtype=np.float64)
        gradient, value = np.empty(self.n_inputs), np.empty(1)
        function = driver.density if jacobian else driver.density_without_jacobian
        _call(function, self.n_inputs, x, gradient, value, self.address)
        return float(value[0]), gradient

    def expand(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Return the outputs at an unconstrained point, and the log prior."""
        x = np.ascontiguousarray(x, dtype=np.float64)
        out = np.empty(self.n_outputs + 1)
        _call(driver.expand, self.n_inputs, self.n_outputs + 1, x, out, self.address)
        return out[:-1], float(out[-1])

    def rows(
        self, section: int, inputs: NDArray[np.float64], slots: Sequence[Slot], first_row: int, n_rows: int
    ) -> NDArray[np.float64]:
        """Return row slots of one section for each draw of the inputs: an array [slot, draw, row]."""
        inputs = np.ascontiguousarray(inputs, dtype=np.float64)
        out = np.empty((len(slots), len(inputs), n_rows))
        places = np.array([self._place(slot) for slot in slots], dtype=np.int64)
        _call(
            driver.rows,
            *(self.address, section, _address(inputs), len(inputs), first_row, n_rows, places, len(slots), out),
        )
        return out


def _address(array: NDArray[np.generic]) -> int:
    return int(array.ctypes.data)


def _call(function: Callback, *arguments: int | NDArray[np.generic]) -> int:
    """Call a compiled callback; ctypes lets the GIL go while it runs."""
    prototype: Any = function.compiled.ctypes
    cast = [
        a.ctypes.data_as(kind) if isinstance(a, np.ndarray) else a
        for a, kind in zip(arguments, prototype.argtypes, strict=True)
    ]
    return int(prototype(*cast))
