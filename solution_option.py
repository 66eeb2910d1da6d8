"""Makes `python -m pytest --solution DIR` work for a DIR anywhere.

pytest looks for its settings, and with them for the option, where its
arguments lead. Before it has found them it takes DIR for tests to run, and
looks there. `--solution=DIR` is no such argument. So this turns the one into
the other and starts pytest again; it is found by the folder
solution_option.dist-info beside it.
"""
import os
import sys


def joined(arguments):
    """Return the arguments with `--solution DIR` as one."""
    found = []
    for argument in arguments:
        if found[-1:] == ['--solution']:
            found[-1] += '=' + argument
        else:
            found.append(argument)
    return found


if joined(sys.argv[1:]) != sys.argv[1:]:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, '-m', 'pytest',
                              *joined(sys.argv[1:])])
