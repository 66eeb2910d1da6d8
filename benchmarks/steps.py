#!/usr/bin/env python3
"""Measure how many training steps in one call from Python are fast."""
import contextlib
import statistics

from common import training
from timing import interleaved, machine
import speed
import tables
from runs import ARGUMENTS, parser_with_data


def main():
    """Time an epoch with each number of steps, and print the table."""
    parser = parser_with_data(__doc__)
    parser.add_argument('--rounds', type=int, default=5,
                        help='rounds of all numbers in turn (default: 5)')
    parser.add_argument('--models', nargs='*', default=list(ARGUMENTS),
                        help='which modules to measure (default: all)')
    parser.add_argument('--steps', nargs='*', type=int,
                        default=[1, 8, 16, 32, 64],
                        help='the numbers (default: 1 8 16 32 64)')
    options = parser.parse_args()
    rows = []
    for module in options.models:
        x = speed.inputs(module, options.data)
        variants = {}
        with contextlib.ExitStack() as stack:
            for steps in options.steps:
                training.STEPS_PER_EXECUTION = steps
                variants[steps] = speed.mains(module, x, stack)
            times = interleaved(variants, options.rounds)
        first = times[options.steps[0]]
        rows.append([module[2:], *(
            f'{statistics.median(a / b for a, b in zip(seconds, first)):.2f}'
            for seconds in times.values())])
    print(machine() + '\n\n' + tables.table(
        ['steps in one call', *options.steps], *rows) + '\n\nTimes of the '
        'first column; the median of those within a round.')


if __name__ == '__main__':
    main()
