"""Tests of what a page computes, in Chromium."""

import numpy as np
import pytest

import pages
from browser import chromium, listen, new_tab
from conftest import MODULES, once
from pages import OTHERS

NEAR = 2e-3


@pytest.fixture(scope='module')
def visit(tmp_path_factory):
    """Return a function that opens the page of a name."""
    folder = tmp_path_factory.mktemp('pages')
    with chromium() as browser:
        tab = new_tab(browser, offline=True)
        messages = listen(tab)

        def visit_page(name):
            tab.goto(pages.write(folder, name).as_uri())
            return tab

        yield visit_page
        assert messages == []


def compute(tab, function, arrays):
    """Call a function of the page's surface on each of some arrays."""
    return tab.evaluate(
        """([name, arrays]) => arrays.map(values => {
            const out = autoencoder[name](Float32Array.from(values));
            return out.mean ? [...out.latent, ...out.mean, ...out.logVariance]
                            : [...out];
        })""",
        [function, np.reshape(arrays, (len(arrays), -1)).tolist()],
    )


# Their layers are known, whatever they are called and however they are put.
LEARNERS = ['learner 0-vanilla', 'learner 3-variational']


@pytest.mark.parametrize('name', [*MODULES, *OTHERS, 'no-bias', *LEARNERS])
def test_page_computes_what_keras_does(visit, name):
    tab, (encoder, decoder) = visit(name), pages.models(name)
    x = pages.held()[:20]
    codes, found = pages.run(encoder, x), compute(tab, 'encode', x)
    if 'variational' in name:
        latent, *found = np.split(np.array(found), 3, axis=1)
        np.testing.assert_allclose(found, codes[1:], atol=NEAR, rtol=0)
        codes = latent
    else:
        codes = codes.reshape(20, -1)
        np.testing.assert_allclose(found, codes, atol=NEAR, rtol=0)
        np.testing.assert_allclose(
            compute(tab, 'reconstruct', x),
            pages.decode(decoder, codes),
            atol=NEAR,
            rtol=0,
        )
    decoded = pages.decode(decoder, codes)
    assert np.ptp(decoded, axis=0).max() > 0.2  # they do differ
    np.testing.assert_allclose(
        compute(tab, 'decode', codes), decoded, atol=NEAR, rtol=0
    )


@once
def test_codes_of_the_variational_encoder_are_draws(visit):
    tab = visit('3-variational')
    draws = tab.evaluate("""() => Array.from({length: 2000}, () => {
        const {latent, mean, logVariance} = autoencoder.encode(
            digits[0].pixels);
        return Array.from(latent, (value, i) =>
            (value - mean[i]) / Math.exp(logVariance[i] / 2));
    })""")
    np.testing.assert_allclose(np.mean(draws, axis=0), 0, atol=0.12)
    np.testing.assert_allclose(
        np.cov(np.transpose(draws)), np.eye(2), atol=0.2
    )
    assert len({tuple(draw) for draw in draws}) == 2000


CANNOT = """([name, size]) => {
    try { autoencoder[name](new Float32Array(size)); }
    catch (error) { return error.message; }
}"""


@once
@pytest.mark.parametrize(
    'name, part, call, says',
    [
        (
            'learner 1-sparse',
            'encoder',
            ['encode', 784],
            'the layer `half',
        ),
        (
            'learner 2-convolutional',
            'decoder',
            ['decode', 128],
            'layers of its own, in the model `decoder',
        ),
    ],
)
def test_what_the_page_cannot_compute_it_says(visit, name, part, call, says):
    tab = visit(name)
    notes = tab.locator('.unknown').locator('visible=true')
    (note,) = notes.all_inner_texts()
    assert f'cannot compute the {part}, which has {says}' in note
    message = tab.evaluate(CANNOT, call)
    assert message.startswith(f'This page cannot compute {says}')


@once
@pytest.mark.parametrize(
    'name', ['learner 1-sparse', 'learner 2-convolutional']
)
def test_of_test_digits_it_shows_everything_else(visit, name):
    tab, (encoder, decoder) = visit(name), pages.models(name)
    seven = pages.held()[7:8]
    code = pages.run(encoder, seven)
    tab.get_by_role('button', name='Test digit, a 7').click()
    assert tab.evaluate(
        f'{pages.SETTLED}.then(() => [...columns[0].code])'
    ) == pytest.approx(code.reshape(-1).tolist(), abs=NEAR)
    np.testing.assert_allclose(
        pages.values(tab, '.reconstructed'),
        pages.decode(decoder, code),
        atol=NEAR,
    )
    able = name == 'learner 1-sparse'
    assert tab.locator('#way-section').is_visible() == able
    assert tab.locator('#random-section').is_visible() == able
    assert tab.locator('#unfolding').is_visible()


@once
def test_a_drawing_has_no_code_where_the_encoder_is_unknown(visit):
    tab = visit('learner 1-sparse')
    tab.evaluate('setPad(null, [[[0.3, 0.3], [0.6, 0.6]]])')
    assert np.isnan(pages.values(tab, '.reconstructed')).all()
    assert tab.locator('.loss').inner_text() == '–'
    assert tab.locator('.fill').locator('visible=true').count() == 0
    # Of a random code, it has a reconstruction again.
    tab.get_by_role('button', name='Use random code 3').click()
    assert not np.isnan(pages.values(tab, '.reconstructed')).any()


@once
def test_the_largest_of_negative_values_is_pooled(visit):
    tab = visit('0-vanilla')
    layer = {
        'from': [2, 2, 1],
        'shape': [1, 1, 1],
        'pool_size': [2, 2],
        'strides': [2, 2],
        'padding': 'valid',
    }
    pooled = tab.evaluate(
        'layer => [...LAYERS.MaxPooling2D(layer, [[-4, -1, -3, -2]])]', layer
    )
    assert pooled == [-1]


@once
def test_a_code_of_two_thousand_values_is_shown(visit):
    # Of a hundred digits, that is more than Math.min takes as arguments.
    tab, (encoder, _) = visit('vanilla-2000'), pages.models('vanilla-2000')
    codes = pages.locate(encoder, pages.held())
    assert tab.locator('.bars > *').count() == 2000
    assert tab.evaluate('columns[0].high') == pytest.approx(
        1.25 * codes.max(), rel=1e-3
    )
    assert tab.locator('.code-size').inner_text() == '2000'


@once
def test_wrong_sizes_are_named(visit):
    tab = visit('0-vanilla')
    for function, size in (
        ('encode', 784),
        ('decode', 32),
        ('reconstruct', 784),
    ):
        message = tab.evaluate(CANNOT, [function, 10])
        assert f'expected {size} ' in message and 'Received: 10' in message
