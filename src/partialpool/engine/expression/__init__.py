"""Compiles a log density, written as mathematics, to a kernel: its value, and its derivatives added to adjoints.

A density becomes the source of one fused loop, kept in the user's private cache. SymPy is imported only to generate it.
"""

from partialpool.engine.expression.density import Density, Input, variable
from partialpool.engine.expression.kernels import ElementKernel, RowKernel, element_kernel, row_kernel
from partialpool.engine.expression.key import source_key

__all__ = ["Density", "ElementKernel", "Input", "RowKernel", "element_kernel", "row_kernel", "source_key", "variable"]
