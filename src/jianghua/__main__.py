"""`python -m jianghua` is the `jianghua` command."""

from jianghua.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
