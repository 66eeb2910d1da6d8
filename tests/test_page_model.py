"""Tests of what a page computes, in Chromium."""

import numpy as np
import pytest

import pages
from browser import chromium
from conftest import MODULES, once
from pages import OTHERS

NEAR = 2e-3


@pytest.fixture(scope='module')
def visit(tmp_path_factory):
    """Return a function that opens the page of a name."""
    folder = tmp_path_factory.mktemp('pages')
    with chromium() as browser:
        tab = browser.new_page(offline=True)

        def visit_page(name):
            tab.goto(pages.write(folder, name).as_uri())
            return tab

        yield visit_page


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


@pytest.mark.parametrize('name', [*MODULES, *OTHERS, 'no-bias'])
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


@once
def test_wrong_sizes_are_named(visit):
    tab = visit('0-vanilla')
    for function, size in (
        ('encode', 784),
        ('decode', 32),
        ('reconstruct', 784),
    ):
        message = tab.evaluate(
            """name => {
            try { autoencoder[name](new Float32Array(10)); }
            catch (error) { return error.message; }
        }""",
            function,
        )
        assert f'expected {size} ' in message and 'Received: 10' in message
