"""Write to a file and to the standard streams, which may be closed."""

import os
import sys

from common.program import run


def main():
    """Write, as a main and TensorFlow do."""
    with open(sys.argv[1], 'w') as file:
        file.write('the file')
        file.flush()
        os.write(2, b'what TensorFlow logs')
        print('Łódź', '\udc81')
        print('progress', file=sys.stderr)


run(main)
