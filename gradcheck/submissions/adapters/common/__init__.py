"""What several families of interfaces need.

A submission's names: ``vocabulary``, by which parameters, methods, arrays and functions are known, and
``sources``, what its text says. Calling it: ``calling`` (quietly, errors as answers), ``arguments`` (what a
function may be given), ``building`` (objects of given sizes), ``forms`` and ``classes`` (examples as it takes
them). Its arrays: ``slots`` (in an object), ``leaves`` (in what it returned), ``returned`` (which of them is which
gradient). Functions of parameters and data: ``signatures``, ``spelled``, ``setups``, ``costed``; as networks,
``posed``. What the judge is given: ``cases``.
"""
