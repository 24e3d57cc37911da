"""Frozen results in, files out."""
