"""`python -m checker DIR [DIR ...]`."""
from checker.command import main

if __name__ == '__main__':
    raise SystemExit(main())
