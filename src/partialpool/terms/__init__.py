"""One file per kind of predictor term: what it takes from the formula, its data, parameters, priors, names and ops."""
