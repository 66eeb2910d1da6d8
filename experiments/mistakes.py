#!/usr/bin/env python3
"""Print the symptoms of each mistake that docs/mistakes.md describes.

Trains the faulty solutions of the checker's tests as the assignment's main
scripts do, and right ones for comparison, and prints a line for each.
"""

import sys

import numpy as np

import runs
from common.digits import load_digits, scaled
from runs import ARGUMENTS, BATCH, keras

sys.path.append(str(runs.ROOT / 'tests'))
from faults import FAULTS, Fault  # noqa: E402
from solutions import fault_text  # noqa: E402


def main():
    """Train each solution and print what it ends with."""
    parser = runs.parser_with_data(__doc__)
    parser.add_argument(
        '--only',
        default='',
        metavar='WORDS',
        help='the mistakes with these words in their name or '
        'entry, such as "divergence" (default: all)',
    )
    parser.add_argument('--epochs', type=int, default=1, metavar='N')
    parser.add_argument('--seed', type=int, default=0, metavar='N')
    options = parser.parse_args()
    x_train, x_test = (scaled(x) for x, _ in load_digits(options.data))
    bases = ('vanilla', 'sparse', 'convolutional', 'variational')
    right = [
        Fault('right', task, '', '', base=base)
        for task, base in enumerate(bases)
    ]
    for fault in right + FAULTS:
        # Those of the entry "Module" end the process, or set what all share.
        if (
            fault in right
            or fault.mistake != 'module'
            and (options.only in f'{fault.name} {fault.mistake}')
        ):
            keras.backend.clear_session()
            keras.utils.set_random_seed(options.seed)
            try:
                text = symptoms(fault, x_train, x_test, options.epochs)
            except Exception as error:
                text = ' '.join(f'{type(error).__name__}: {error}'.split())
            print(f'task {fault.task}, {fault.name}: {text[:220]}', flush=True)


def symptoms(fault, x_train, x_test, epochs):
    """Return the losses of the last epoch and the range of the codes."""
    module = list(ARGUMENTS)[fault.task]
    shape = np.atleast_1d(ARGUMENTS[module][0])
    x_train, x_test = (x.reshape(-1, *shape) for x in (x_train, x_test))
    namespace = {'__name__': module}
    exec(fault_text(fault), namespace)
    encoder, _, auto = namespace['autoencoder'](*ARGUMENTS[module])
    history = auto.fit(
        x_train,
        x_train,
        BATCH,
        epochs,
        verbose=0,
        validation_data=(x_test, x_test),
    ).history
    name, codes = 'codes', encoder.predict(x_test, BATCH, verbose=0)
    if fault.task == 3 and isinstance(codes, list):
        name, codes = 'means', codes[1]
    return ', '.join(
        [f'{key} {values[-1]:.4f}' for key, values in history.items()]
        + [
            f'{name} {np.min(codes):.1f} to {np.max(codes):.1f}, mean '
            f'{np.mean(codes):.2f}, {np.mean(codes == 0):.0%} are 0'
        ]
    )


if __name__ == '__main__':
    main()
