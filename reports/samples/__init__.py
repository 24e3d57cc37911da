"""Reports to look at; ``python reports/samples/make.py`` makes them anew."""
