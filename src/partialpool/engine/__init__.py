"""The native engine: tape, driver, kernels. Numbers only; nothing here knows of statistics or data frames."""
