"""The untrusted side: a submission lives in a worker process and only turns arrays into arrays.

The parent keeps the reference, the seeds, the tolerances and every comparison. It imports ``session``
and nothing else of this package. ``launch`` starts the process and is the one place that decides how
strongly it is confined; ``worker`` is its main loop, ``workbench`` holds the submission on either
side; ``frames`` is the language of the pipe; ``process`` keeps the clocks.
"""
