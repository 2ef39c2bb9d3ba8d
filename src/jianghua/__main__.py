"""`python -m jianghua` is the `jianghua` command."""

import os
import sys

if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - pathlib would be looked for there, too
    del sys.path[0]  # -m put the working folder there, which may be a stranger's archive

from jianghua.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
