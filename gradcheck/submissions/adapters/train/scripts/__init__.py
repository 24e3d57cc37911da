"""Training loops as learners: what stands before the loop is run, then one round of it, on data of ours."""
