"""Formula, data, family and priors become a model: named parameters and a tape."""
