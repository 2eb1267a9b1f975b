"""Formula text to syntax tree, and the algebra of terms. Nothing here looks at data.

The way of a formula: `tokens` -> `parser` (`parse`: text to `Formula`) -> `algebra` (`expand`: right-hand side to
`Predictor`, with `products` for R's rules and `groups` for what stands right of a bar). `model_formula` (`bf`) puts the
formulas of all parameters and responses together; `printing` turns trees back into text; `functions` knows which
functions may be called.
"""
