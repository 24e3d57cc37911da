"""The checks of a gradient given as a callable: each knows a cost, a gradient and a point, and nothing else."""
