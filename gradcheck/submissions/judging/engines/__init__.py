"""Autodiff engines judged by formulas whose derivatives are known; one fault is said once, where it sits."""
