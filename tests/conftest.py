"""Shared by all tests: hypothesis profiles."""

import os

from hypothesis import HealthCheck, settings

# "quick" is the default; HYPOTHESIS_PROFILE=thorough searches longer.
settings.register_profile("quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
