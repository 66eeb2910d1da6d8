"""How a program ends: well, or with one line that says why."""
import contextlib
import os
import sys
from pathlib import Path


def refuse(message, status=2):
    """Leave the program with one line on standard error and a status."""
    line = ' '.join(str(message).split())
    print(f'{Path(sys.argv[0]).name}: error: {line}', file=sys.stderr)
    raise SystemExit(status)


def run(main):
    """Run a program's `main`, also where nobody reads what it prints.

    Args:
        main: Function without arguments.

    Raises:
        SystemExit: With status 1 if standard output leads nowhere any more,
            as after `| head -1`, and with status 130 after Ctrl-C.
    """
    for descriptor in range(3):
        # A closed one would be given to the next file that is opened, and
        # what TensorFlow's C++ part logs would go there.
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(os.devnull, 'w')
    sys.stderr = sys.stderr or sys.stdout
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError):  # Python flushes once more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        refuse('interrupted', status=130)
