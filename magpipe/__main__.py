"""Run the command line as `python -m magpipe`."""

import sys

from magpipe.cli import main

sys.exit(main())
