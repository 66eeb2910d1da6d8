"""The assignment, and the pages of docs/ that the checker reads.

What it asks for is in docs/requirements.md, what goes wrong and how to mend
it in docs/mistakes.md.
"""

import re
from collections import namedtuple
from functools import lru_cache
from pathlib import Path

MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
TITLES = [name[2:] for name in MODULES]
# The arguments of the main scripts.
MAIN = {
    0: (784, [128, 64], 32),
    1: (784, [128, 64], 32, 10e-6),
    2: ((28, 28, 1), [16, 8, 8], (4, 4, 8)),
    3: (784, [512], 2),
}
NAMES = {
    0: ('input_dims', 'hidden_layers', 'latent_dims'),
    1: ('input_dims', 'hidden_layers', 'latent_dims', 'lambtha'),
    2: ('input_dims', 'filters', 'latent_dims'),
    3: ('input_dims', 'hidden_layers', 'latent_dims'),
}
Requirement = namedtuple('Requirement', 'name sentence')
HERE = Path(__file__).resolve().parent
# In the installed package, or in the repository.
DOCS = next(
    folder
    for folder in (HERE / 'docs', HERE.parent / 'docs')
    if (folder / 'mistakes.md').is_file()
)
# The texts of the page of mistakes, by their anchors.
ENTRIES = {
    text.split('\n')[0].lower().replace(' ', '-'): text.strip()
    for text in re.split(
        r'(?m)^##+ ', (DOCS / 'mistakes.md').read_text(encoding='utf-8')
    )[1:]
}


@lru_cache(None)
def table(task):
    """Return the requirements of a task, in the order of judging."""
    page = (DOCS / 'requirements.md').read_text(encoding='utf-8')
    rows = re.findall(
        r'(?m)^\| (.+?) \| (.+) \|$', page.split('\n## Task ')[task + 1]
    )
    return [Requirement(*row) for row in rows[2:]]


def fix(anchor):
    """Return what an entry says to change, as plain text in one line."""
    text = ENTRIES.get(anchor, '').partition('**Fix:**')[2].split('\n\n')[0]
    return re.sub(
        r'\[([^]]*)\]\([^)]*\)', r'"\1"', ' '.join(text.split())
    ).rstrip(':') + '.' * text.endswith(':')
