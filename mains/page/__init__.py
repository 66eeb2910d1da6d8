"""The page: trained models in one HTML file, to draw on and to look into.

Its source is page.html, page.css and the scripts beside them. Here, they are
put into one file, with the layers of the models, their weights and test
digits. recorder.py records trainings for it.
"""

import html
import json
from pathlib import Path

from common.program import write_atomically
from page.contents import describe, hold

# What recorder.py writes beside a page.
UNFOLDING = 'unfolding.npz'
SOURCE = Path(__file__).resolve().parent
# In the order of what they build on.
SCRIPTS = (
    'model',
    'strokes',
    'state',
    'draw',
    'hold',
    'code',
    'plane',
    'layers',
    'way',
    'random',
    'unfolding',
    'words',
    'start',
)


def write_page(path, title, encoder, decoder, x_test, labels):
    """Write the page of a trained model, and print where it is.

    If its training was recorded in the same folder, the page replays that.
    What the page cannot compute of the model, it says.

    Args:
        path: `Path` of the HTML file.
        title: String, the heading of the page.
        encoder: Keras model that maps digits to codes, or to codes, their
            means and their log variances.
        decoder: Keras model that maps codes to reconstructions.
        x_test: Array of n x 784 values in [0, 1], of any shape. The page
            holds a hundred of them, ten of each label as far as there are.
        labels: Array `(n,)` of the digits' labels, integers.

    Raises:
        OSError: If it cannot be written.
    """
    unfolding = path.with_name(UNFOLDING)
    model = describe(title, encoder, decoder, x_test, labels, unfolding)
    write_atomically(path, page(title, [model], x_test, labels).encode())
    print(f'Open {path} in a browser to draw on it')


def page(title, models, x_test, labels):
    """Return a page of one or several models, as a string.

    Args:
        title: String, its heading.
        models: List of what `describe` returned.
        x_test, labels: As for `write_page`.
    """
    data = {'models': models, **hold(x_test, labels)}
    several = len(models) > 1
    text = _source('page.html')
    # The data come last: nothing in them is taken for a place to fill.
    for name, value in (
        ('title', html.escape(title)),
        ('style', _source('page.css')),
        ('learner', 'the models have' if several else 'the model has'),
        ('surface', 'autoencoders[0]' if several else 'autoencoder'),
        ('script', '\n\n\n'.join(_source(f'{name}.js') for name in SCRIPTS)),
        ('data', json.dumps(data).replace('<', r'\u003c')),
    ):
        text = text.replace(f'{{{{ {name} }}}}', value)
    return text


def _source(name):
    """Return a part of the page's source."""
    return (SOURCE / name).read_text('utf-8').strip()
