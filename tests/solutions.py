"""Solutions of the assignment, right ones and ones with a single fault.

They are in variants.txt and faults.txt, where they are texts or changes of
texts. faults.txt says how to write one.
"""

import re
from pathlib import Path

KEYS = ('says', 'advice', 'also', 'keras', 'compiled', 'from')
TASK = re.compile(r'task ([0-3])(?:, ([a-z ]+)(?:: ([a-z\d-]+))?)?')
CHANGE = re.compile(r'((?:^-.*\n)+)((?:^\+.*\n)*)', re.M)


def read(name, right):
    """Return the entries of a file, by their headings.

    Args:
        name: String, the file.
        right: Dict of entries, which those of the file may be changes of.

    Returns:
        Dict of dicts with `task`, an integer; and the strings `test`, a
        requirement, `mistake`, an anchor in docs/mistakes.md, `text`, and
        those of `KEYS`, all of them '' where nothing is said.
    """
    entries = {}
    text = (Path(__file__).parent / name).read_text()
    for block in re.split('^== ', text, flags=re.M)[1:]:
        heading, first, *lines = f'{block.rstrip()}\n'.split('\n')
        where, found = f'{name}: {heading}', TASK.fullmatch(first)
        assert found and heading not in entries, f'{where}: {first}'
        entry = {
            **dict.fromkeys(KEYS, ''),
            'task': int(found[1]),
            'test': found[2] or '',
            'mistake': found[3] or '',
        }
        while lines[0].split(': ')[0] in KEYS:
            key, entry[key] = lines.pop(0).split(': ', 1)
        entry['text'] = '\n'.join(lines)
        between, *parts = CHANGE.split(entry['text'])
        if parts or entry['from']:
            left = (between + ''.join(parts[2::3])).strip()
            assert not left, f'{where}: no key and no change: {left}'
            entry['text'] = changed(
                where, right | entries, entry, zip(parts[::3], parts[1::3])
            )
        entries[heading] = entry
    return entries


def changed(where, right, entry, changes):
    """Return the right text that an entry names, with words exchanged."""
    name = entry['from'] or next(
        name for name, other in right.items() if other['task'] == entry['task']
    )
    assert name in right, f'{where}: there is no entry {name}'
    text = right[name]['text']
    for change in changes:
        old, new = (
            '\n'.join(line[2:] for line in lines.splitlines())
            for lines in change
        )
        assert old and old in text, f'{where}: not in {name}: {old}'
        text = text.replace(old, new)
    return text


def exists(entry, keras):
    """Tell whether there is an entry on a version of Keras, a tuple."""
    versions = re.findall(r'(\d)(?:\.(\d+))?', entry['keras'] or '2, 3')
    return any(
        keras[0] == int(major) and keras[1] >= int(minor or 0)
        for major, minor in versions
    )


VARIANTS = read('variants.txt', {})
VANILLA, SPARSE, REGULARIZED, CONVOLUTIONAL, VARIATIONAL = (
    VARIANTS[name]['text']
    for name in (
        'vanilla',
        'sparse',
        'sparse, a regularizer',
        'convolutional',
        'variational',
    )
)
FAULTS = read('faults.txt', VARIANTS)
