"""Formulas for autodiff engines, with their exact values and derivatives.

They are written once: an engine builds them of its own values where the submission runs, and the judge
evaluates the same text in NumPy, on its side of the pipe.
"""
