"""From the options of a command line to results: what is run, judged, made smaller and told."""
