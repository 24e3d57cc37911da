"""One module for each family of interfaces; each finds its own in a submission and nothing else."""
