"""The pictures of the models: what Keras builds, and what the files hold."""

import re
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import MODULES, ROOT, build

sys.path.insert(0, str(ROOT / 'experiments'))
import diagrams  # noqa: E402

# By the assignment: of each layer, from the input to the reconstruction.
SIZES = {
    '0-vanilla': '784, 128, 64, 32, 64, 128, 784',
    '1-sparse': '784, 128, 64, 32, 64, 128, 784',
    '2-convolutional': '28 × 28 × 1, 28 × 28 × 16, 14 × 14 × 16, 14 × 14 × '
    '8, 7 × 7 × 8, '
    '7 × 7 × 8, 4 × 4 × 8, 4 × 4 × 8, 4 × 4 × 8, 8 × 8 × 8, 8 × 8 × 8, '
    '16 × 16 × 8, 14 × 14 × 16, 28 × 28 × 16, 28 × 28 × 1',
    '3-variational': '784, 512, 2, 2, 2, 512, 784',
}


@pytest.mark.parametrize('module', MODULES)
def test_a_picture_is_of_the_model_that_keras_builds(module):
    text = (ROOT / 'docs' / f'{module}.svg').read_text('utf-8')
    assert re.findall('class="size".*?>(.*?)<', text) == (
        SIZES[module].split(', ')
    )
    encoder, decoder, _ = build(module)
    assert diagrams.draw(module, encoder, decoder) == text
    names = [
        re.sub('.*}', '', element.tag)
        for element in ElementTree.fromstring(text)
    ]
    assert names[:2] == ['title', 'desc']
