"""The trusted side of a check: what a submission answers is compared here, and nothing of it is executed."""
