"""Formula text to syntax tree, and the algebra of terms. Nothing here looks at data."""
