#!/usr/bin/env python3
"""Print what speed.py recorded as the tables of docs/speed.md."""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / 'experiments'))

from tables import table  # noqa: E402

FILE = Path(__file__).resolve().parent / 'results' / 'speed.json'
# What the times are compared with.
MAINS = '**the mains**'


def tables_of(result):
    """Return the Markdown tables of what speed.py measured."""
    found = [
        f'{result["machine"]}; rounds: '
        + ', '.join(f'{name} {n}' for name, n in result['rounds'].items())
    ]

    def spread(times):
        return (
            f'{times["median"]:.1f} ({times["ratio"]:.1f}; '
            f'{times["minimum"]:.1f} to {times["maximum"]:.1f})'
        )

    for name, what in (
        ('whole', 'seconds of a whole run, 50 epochs'),
        ('steps', 'milliseconds per step'),
    ):
        models = result.get(name, {})
        ways = dict.fromkeys(way for times in models.values() for way in times)
        if models:
            found.append(
                table(
                    [
                        f'{what} (times the mains; spread)',
                        *(module[2:] for module in models),
                    ],
                    *(
                        [
                            way,
                            *(
                                spread(times[way]) if way in times else '-'
                                for times in models.values()
                            ),
                        ]
                        for way in ways
                    ),
                )
            )
        if name == 'whole' and models:
            found.append(
                table(
                    [
                        'seconds after the last epoch',
                        *(module[2:] for module in models),
                    ],
                    *(
                        [
                            way,
                            *(
                                f'{times[way]["after"]:.1f}'
                                for times in models.values()
                            ),
                        ]
                        for way in ways
                    ),
                )
            )
    if 'files' in result:
        found.append(
            table(
                [
                    'milliseconds for the files of an epoch',
                    *(module[2:] for module in result['files']),
                ],
                [MAINS, *(f'{ms:.0f}' for ms in result['files'].values())],
            )
        )
    if 'large' in result:
        found.append(
            table(
                [
                    'training digits',
                    'their pixels, GB',
                    'seconds',
                    'memory, GB',
                ],
                *(
                    [
                        f'{int(n):,}',
                        f'{row["bytes"] / 1e9:.2f}',
                        f'{row["seconds"]:.1f}',
                        f'{row["memory"] / 1e9:.1f}',
                    ]
                    for n, row in result['large'].items()
                ),
            )
        )
    return '\n\n'.join(found)


if __name__ == '__main__':
    print(f'Speed (speed.py):\n\n{tables_of(json.loads(FILE.read_text()))}\n')
