"""How draws are made from the density of a model, and how far they can be trusted."""
