"""The one door between numbers and code, on both of its sides; whoever judges is behind neither.

What torch's profiler prints of itself is not wanted; it has to be told so before torch is loaded.
"""

import os

os.environ.setdefault("KINETO_LOG_LEVEL", "99")
