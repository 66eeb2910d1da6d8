#!/usr/bin/env python3
"""Print what one sees of each mistake that docs/mistakes.md describes.

Trains the faulty solutions that the checker's tests have as the assignment's
main scripts do, and right ones for comparison, and prints a line for each.
"""
import sys

import numpy as np

from runs import (
    ARGUMENTS,
    BATCH,
    ROOT,
    keras,
    load_digits,
    parser_with_data,
)

sys.path.append(str(ROOT / 'tests'))
from solutions import FAULTS, Fault  # noqa: E402


def main():
    """Train each solution and print what it ends with."""
    parser = parser_with_data(__doc__)
    parser.add_argument('--only', default='', metavar='WORDS',
                        help='the mistakes with these words in their name or '
                        'entry, such as "divergence" (default: all)')
    parser.add_argument('--epochs', type=int, default=1, metavar='N')
    parser.add_argument('--seed', type=int, default=0, metavar='N')
    options = parser.parse_args()
    (x_train, _), (x_test, _) = load_digits(options.data, (784,))
    right = [Fault('right', task, '', '', ()) for task in range(4)]
    for fault in right + FAULTS:
        words = f'{fault.name} {fault.mistake}'
        # Those of the entry "Module" end the process, or set what all share.
        if fault in right or options.only in words and (
                fault.mistake != 'module'):
            print(f'task {fault.task}, {fault.name}: '
                  + seen(fault, x_train, x_test, options), flush=True)


def seen(fault, x_train, x_test, options):
    """Return the losses of the last epoch and the range of the codes."""
    module = list(ARGUMENTS)[fault.task]
    keras.backend.clear_session()
    keras.utils.set_random_seed(options.seed)
    if fault.task == 2:
        x_train, x_test = (x.reshape(-1, 28, 28, 1)
                           for x in (x_train, x_test))
    namespace = {'__name__': module}
    try:
        exec(fault.write(), namespace)
        encoder, _, auto = namespace['autoencoder'](*ARGUMENTS[module])
        history = auto.fit(x_train, x_train, epochs=options.epochs,
                           batch_size=BATCH, shuffle=True, verbose=0,
                           validation_data=(x_test, x_test)).history
        codes = encoder.predict(x_test, BATCH, verbose=0)
    except Exception as error:
        return f'{type(error).__name__}: {" ".join(str(error).split())[:200]}'
    name = 'codes'
    if fault.task == 3 and isinstance(codes, list):
        name, codes = 'means', codes[1]
    return ', '.join(
        [f'{key} {values[-1]:.4f}' for key, values in history.items()]
        + [f'{name} {np.min(codes):.1f} to {np.max(codes):.1f}, mean '
           f'{np.mean(codes):.2f}, {np.mean(codes == 0):.0%} are 0'])


if __name__ == '__main__':
    main()
