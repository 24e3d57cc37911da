"""A student's code: loaded, understood by an adapter per family of interfaces, judged by a battery of checks."""
