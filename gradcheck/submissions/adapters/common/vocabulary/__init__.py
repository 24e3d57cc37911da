"""The words by which students call things, each in one place: parameters, methods, arrays, functions."""
