"""Have a worker import a module: load_module.py FILE."""

import shutil
import sys

from checker.process import Starter


def main():
    """Start a worker, and wait for the module."""
    starter = Starter()
    path = starter.folder / 'solution/0-vanilla.py'
    path.parent.mkdir()
    shutil.copy(sys.argv[1], path)
    starter.start(1000).ask('load', path=str(path))


if __name__ == '__main__':
    main()
