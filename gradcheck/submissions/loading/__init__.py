"""A file, notebook, folder or live object becomes a namespace of definitions, without training, plotting or asking.

What is executed is decided in ``definitions``; what the text needs before Python 3 can read it in
``repair``; what stands in for modules that are not here in ``standins``; how a submission's own
``import`` finds its neighbours without shadowing ours in ``importer``.
"""

from gradcheck.submissions.loading.loaded import LoadedModule
from gradcheck.submissions.loading.targets import load, locate

__all__ = ["LoadedModule", "load", "locate"]
