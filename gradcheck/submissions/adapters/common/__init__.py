"""What several families need: arrays of an object, calls by role, names, cases, costs of parameters and data."""
