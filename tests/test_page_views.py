"""Tests of what is seen and done on a page, in Chromium."""

import json
import re
from math import prod

import matplotlib
import numpy as np
import pytest

import pages
from browser import chromium, drag, listen, new_tab, skip
from conftest import MODULES, STOCK, cross_entropy, once
from page import page
from page.recorder import EPOCHS
from pages import OTHERS, SETTLED, calls, values, wait_until

pytestmark = once
SEVEN = ((0.3, 0.2), (0.5, 0.2), (0.7, 0.2), (0.45, 0.8))
PLANE = '.code .plane [role=slider]'
NEAR = 2e-3


@pytest.fixture(scope='module')
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    """Return a function: the path of the page of a name."""
    folder = tmp_path_factory.mktemp('pages')
    return lambda name: (
        pages.write(folder, name)
        if not (folder / f'{name}.html').exists()
        else folder / f'{name}.html'
    )


@pytest.fixture(scope='module')
def tab(browser):
    """Return a tab, in which nothing may be requested or complained of."""
    tab = new_tab(browser, offline=True)
    messages, requests = listen(tab), []
    tab.on('request', lambda request: requests.append(request.url))
    yield tab
    tab.close()
    assert messages == []
    assert all(url.startswith('file:') for url in requests)


@pytest.fixture
def visit(tab, file):
    """Return a function that opens the page of a name.

    It is loaded anew, but where a test does not mind what others have left
    on it.
    """

    def visit_page(name, width=1280, anew=True, **media):
        tab.set_viewport_size({'width': width, 'height': 900})
        tab.emulate_media(
            **{
                'color_scheme': 'light',
                'forced_colors': 'none',
                'reduced_motion': 'no-preference',
                **media,
            }
        )
        if anew or tab.url != file(name).as_uri():
            tab.goto(file(name).as_uri())
        tab.evaluate(SETTLED)
        return tab

    return visit_page


@pytest.fixture(scope='module')
def axe():
    """Return what looks for texts and controls that not all can use."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        skip('run "pip install axe-playwright-python"')
    return Axe()


def code(tab):
    """Return the code that is decoded now."""
    tab.evaluate(SETTLED)
    return np.array(tab.evaluate('[...columns[0].code]'))


def limits(tab):
    """Return the least and the greatest value that the hand can give."""
    slider = tab.locator('.code [role=slider]').first
    return [
        float(slider.get_attribute(f'aria-value{end}'))
        for end in ('min', 'max')
    ]


def shown(tab):
    """Return the code and the reconstruction that the page shows."""
    return code(tab).tolist(), values(tab, '.reconstructed')[0].tolist()


def changed(tab, before, source=None):
    """Check that the code and the reconstruction have changed."""
    now = shown(tab)
    assert now[0] != before[0]
    assert now[1] != before[1]
    if source:
        assert tab.locator('.source').inner_text() == source
    return now


def click(tab, name):
    tab.get_by_role('button', name=name, exact=True).click()


def draw(tab, points, up=True):
    drag(tab, tab.locator('#pad'), points, up)


def color(tab, name):
    """Return a colour of the page's style, as canvases have it."""
    return tab.evaluate('color', name)


def ink(color):
    """Return red, green and blue of a colour, from 0 to 255."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])


# A digit and the pad.


@pytest.mark.parametrize('name', ['0-vanilla', '2-convolutional', 'vanilla-2'])
def test_what_is_seen_of_a_digit_is_what_keras_makes(visit, name):
    tab, (encoder, decoder) = visit(name), pages.models(name)
    click(tab, 'Test digit, a 4')
    four = pages.held()[4:5]
    expected = pages.locate(encoder, four)
    np.testing.assert_allclose(code(tab), expected[0], atol=NEAR)
    reconstruction = pages.decode(decoder, expected)
    for selector, pixels in (
        ('#input', four),
        ('.reconstructed', reconstruction),
    ):
        np.testing.assert_allclose(values(tab, selector), pixels, atol=NEAR)
    loss, least = (
        cross_entropy(four, y).mean() for y in (reconstruction, four)
    )
    assert [
        float(tab.locator(f'.{name}').inner_text())
        for name in ('loss', 'least', 'above')
    ] == pytest.approx([loss, least, loss - least], abs=1e-4)
    assert tab.locator('.code-size').inner_text() == str(expected.size)
    before = shown(tab)
    click(tab, 'Other digits')
    click(tab, 'Test digit, a 4')
    changed(tab, before)


def test_values_have_the_colours_of_viridis_and_the_places_of_an_image(visit):
    tab = visit('2-convolutional', anew=False)
    pixels = json.loads(
        tab.evaluate("""() => {
        const canvas = document.getElementById('input');
        return JSON.stringify([...canvas.getContext('2d').getImageData(
            0, 0, 28, 28).data]);
    }""")
    )
    cells = tab.locator('.map > *').evaluate_all(
        'all => all.map(one => getComputedStyle(one).backgroundColor)'
    )
    viridis = matplotlib.colormaps['viridis']
    np.testing.assert_allclose(
        np.reshape(pixels, (784, 4)),
        255 * viridis(values(tab, '#input')[0]),
        atol=16,
    )
    low, high = limits(tab)
    np.testing.assert_allclose(
        [
            json.loads(cell.replace('rgb(', '[').replace(')', ']'))
            for cell in cells
        ],
        255
        * viridis(code(tab).reshape(16, 8).T.reshape(-1) / (high - low))[
            :, :3
        ],
        atol=16,
    )


@pytest.mark.parametrize('name', ['2-convolutional', '3-variational'])
def test_strokes_change_the_code(visit, name):
    tab = visit(name)
    first = shown(tab)
    draw(tab, SEVEN)
    second = changed(tab, first)
    draw(tab, [(0.3, 0.5), (0.7, 0.5)])
    third = changed(tab, second)
    click(tab, 'Undo')
    assert shown(tab) == second
    click(tab, 'Clear')
    changed(tab, third)  # an empty pad breaks nothing
    assert re.fullmatch(r'\d\.\d{4}', tab.locator('.loss').inner_text())
    assert tab.locator('.least').inner_text() == '0.0000'
    click(tab, 'Undo')
    assert shown(tab) == second
    click(tab, 'Undo')
    assert shown(tab) == first


def test_it_is_undone_from_the_keyboard(visit):
    tab = visit('vanilla-2')
    first = shown(tab)
    for *press, undoes in (
        ('z', 'KeyZ', 'ctrl', True),
        ('Z', 'KeyZ', 'ctrl', True),
        ('z', 'KeyY', 'ctrl', True),
        ('z', 'KeyZ', 'meta', True),
        ('я', 'KeyZ', 'ctrl', True),
        ('ζ', 'KeyZ', 'meta', True),
        ('y', 'KeyZ', 'ctrl', False),
        ('z', 'KeyZ', 'alt', False),
        ('я', 'KeyY', 'ctrl', False),
    ):
        draw(tab, SEVEN)
        second = changed(tab, first)
        tab.evaluate(
            """([key, code, held]) => dispatchEvent(
            new KeyboardEvent('keydown', {key, code, [`${held}Key`]: true}))
            """,
            press,
        )
        assert shown(tab) == (first if undoes else second), press
        if not undoes:
            click(tab, 'Undo')


def test_a_finger_draws(browser, file):
    tab = new_tab(browser, has_touch=True)
    tab.goto(file('0-vanilla').as_uri())
    first = shown(tab)
    tab.locator('#pad').tap()
    changed(tab, first)
    # A dot, which is seen: on the pad, and 20 pixels wide in the input.
    assert {'lineTo', 'stroke'} <= {
        call['name'] for call in calls(tab, '#pad', 'lineTo', 'stroke')
    }
    assert 300 < values(tab, '#input')[0].sum() < 320
    tab.close()


def test_a_stroke_ends_before_anything_else_begins(visit):
    tab = visit('vanilla-2')
    for other in ('#undo', '#clear', '#digits button'):
        draw(tab, SEVEN, up=False)
        tab.evaluate('name => document.querySelector(name).click()', other)
        between = shown(tab)
        tab.mouse.move(300, 400)
        assert shown(tab) == between, other
        # What begins anew afterwards is a stroke of its own.
        draw(tab, [(0.2, 0.9), (0.9, 0.9)])
        changed(tab, between)


@pytest.mark.parametrize(
    'name, part',
    [
        ('0-vanilla', '#pad'),
        ('0-vanilla', '.bars > :not(.dead)'),
        ('3-variational', PLANE),
        ('2-convolutional', '.map > *'),
    ],
)
def test_what_is_let_go_of_stays(visit, name, part):
    tab = visit(name)
    element = tab.locator(part).first
    lost = [
        # The capture goes to something else.
        'element => element.releasePointerCapture(1)',
        # The button is let go where the page hears nothing of it.
        """() => {
            const stop = event => event.stopImmediatePropagation();
            addEventListener('pointerup', stop, {capture: true, once: true});
            addEventListener('lostpointercapture', stop,
                             {capture: true, once: true});
        }""",
    ]
    for number, lose in enumerate(lost):
        before = shown(tab)
        drag(tab, element, [(0.5, 0.5), (0.6, 0.2 + number / 9)], up=False)
        element.evaluate(lose)
        if number:
            tab.mouse.up()
        tab.mouse.move(1, 1)
        after = changed(tab, before)
        box = element.bounding_box()
        for x, y in ((0.3, 0.8), (0.8, 0.3)):  # hovering changes nothing
            tab.mouse.move(
                box['x'] + x * box['width'], box['y'] + y * box['height']
            )
        assert shown(tab) == after
        tab.mouse.up()
        # It can be taken hold of again.
        drag(tab, element, [(0.4, 0.6), (0.5, 0.9 + number / 20)])
        changed(tab, after)


def test_drawings_are_prepared_as_mnist_was(visit):
    tab = visit('0-vanilla', anew=False)
    click(tab, 'Clear')
    draw(tab, [(0.1, 0.1), (0.1, 0.35), (0.3, 0.35)])  # an L, in a corner
    ink = values(tab, '#input')[0].reshape(28, 28)
    rows, columns = np.nonzero(ink > 0.2)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert 19 <= max(height, width) <= 21
    # As on the pad: 0.25 high, 0.2 wide, and a pen of 0.09 around.
    assert 16 <= min(height, width) <= 18
    middle = np.arange(28) + 0.5
    np.testing.assert_allclose(
        [ink.sum(axis) @ middle / ink.sum() for axis in (0, 1)], 14, atol=0.1
    )


# The code.


def usual(encoder):
    """Return the least and greatest usual code: of test digits, or by chance.

    By chance is one standard deviation around the mean of the first digit.
    """
    outputs = pages.run(encoder, pages.held())
    if isinstance(outputs, np.ndarray):
        return outputs.min(axis=0), outputs.max(axis=0)
    deviation = np.exp(outputs[2][0] / 2)
    return outputs[1][0] - deviation, outputs[1][0] + deviation


@pytest.mark.parametrize(
    'name, size',
    [
        ('0-vanilla', 32),
        ('vanilla-no-hidden', 10),
        ('sparse-wide', 100),
        ('variational-5', 5),
        ('variational-1', 1),
    ],
)
def test_bars_are_values_dragged_and_moved_by_keys(visit, name, size):
    tab, (encoder, _) = visit(name), pages.models(name)
    before, (low, high) = shown(tab), limits(tab)
    assert len(before[0]) == size
    living = tab.locator('.bars > :not(.dead)').first
    drag(tab, living, [(0.5, 0.9), (0.5, 0.02)])
    now = changed(tab, before, 'changed by hand')
    assert np.sum(np.not_equal(now[0], before[0])) == 1
    assert max(now[0]) == pytest.approx(high - 0.02 * (high - low), rel=0.05)
    for part, ends in (
        ('band', usual(encoder)),
        ('encoded', (before[0], before[0])),
        ('fill', (np.zeros(size), now[0])),
    ):
        found = tab.locator(f'.bars .{part}').evaluate_all(
            """all => all.map(({style: {bottom, top}}) =>
                [parseFloat(bottom), 100 - parseFloat(top)])"""
        )
        expected = (np.clip(np.sort(ends, axis=0), low, high) - low) / (
            high - low
        )
        np.testing.assert_allclose(
            found, 100 * expected.T, atol=0.2, err_msg=part
        )
    assert [
        float(text.replace('−', '-'))
        for text in tab.locator('.bars > *').evaluate_all(
            'all => all.map(one => one.ariaValueText)'
        )
    ] == pytest.approx(now[0], abs=0.006)
    for key in ('PageDown', 'ArrowDown'):
        living.press(key)
        now = changed(tab, now, 'changed by hand')


def test_the_arrow_keys_go_from_bar_to_bar(visit):
    tab = visit('vanilla-no-hidden', anew=False)
    label = 'Value {} of the code'
    first = tab.get_by_role('slider', name=label.format(1), exact=True)
    first.press('ArrowRight')
    focused = tab.evaluate('document.activeElement.ariaLabel')
    assert focused == label.format(2)


@pytest.mark.parametrize(
    'name, maps', [('2-convolutional', 8), ('convolutional-filters', 3)]
)
def test_cells_are_dragged_and_moved_by_keys(visit, name, maps):
    tab = visit(name)
    before = shown(tab)
    assert len(before[0]) == 16 * maps
    assert tab.locator('.map').count() == maps
    cell = tab.get_by_role('slider', name='Map 2, row 2, column 3')
    drag(tab, cell, [(0.5, 0.5), (0.5, -3)])
    now = changed(tab, before, 'changed by hand')
    # Only the value of this row, column and channel is another one.
    place = (1 * 4 + 2) * maps + 1
    assert np.flatnonzero(np.not_equal(before[0], now[0])).tolist() == [place]
    assert now[0][place] > before[0][place]
    assert tab.locator('.map .changed').count() == 1
    assert float(cell.get_attribute('aria-valuetext')) == pytest.approx(
        now[0][place], abs=0.006
    )
    cell.press('Home')
    changed(tab, now, 'changed by hand')
    cell.press('ArrowLeft')
    assert (
        tab.evaluate('document.activeElement.ariaLabel')
        == 'Map 2, row 2, column 2'
    )


def test_the_point_is_dragged_and_moved_by_keys(visit):
    tab = visit('3-variational')
    before, plane = shown(tab), tab.locator(PLANE)
    # The first value grows downwards, the second to the right.
    drag(tab, plane, [(0.5, 0.5), (0.75, 0.25)])
    before = changed(tab, before, 'changed by hand')
    low, high = limits(tab)
    first, second = before[0]
    assert [first, second] == pytest.approx([low / 2, high / 2], rel=0.05)
    for key in ('ArrowDown', 'ArrowDown', 'ArrowRight'):
        plane.press(key)
    changed(tab, before, 'changed by hand')
    step = (high - low) / 60
    assert code(tab) == pytest.approx([first + 2 * step, second + step])
    x, y, *_ = calls(tab, PLANE, 'arc')[0]['args']
    side = tab.evaluate(f'document.querySelector("{PLANE}").clientWidth')
    assert [y, x] == pytest.approx(
        (code(tab) - low) / (high - low) * side, abs=0.1
    )


def test_a_point_beyond_the_edge_is_said_to_be_at_the_edge(visit):
    tab = visit('3-variational')
    tab.evaluate("columns[0].setCode(Float32Array.of(999, 0), 'random')")
    tab.evaluate(SETTLED)
    plane = tab.locator(PLANE)
    assert plane.get_attribute('aria-valuenow') == plane.get_attribute(
        'aria-valuemax'
    )


def on_plane(tab, codes):
    """Return the places of codes (n, 2) on the plane, (n, x and y)."""
    low, high = limits(tab)
    side = tab.evaluate(f'document.querySelector("{PLANE}").clientWidth')
    return (np.reshape(codes, (-1, 2))[:, ::-1] - low) / (high - low) * side


BACK = '.code .plane canvas:first-child'
PLANES = pytest.mark.parametrize('name', ['3-variational', 'vanilla-2'])
# The call that draws the manifold, once all of it is decoded.
SHEET = f"""document.querySelector('{BACK}').calls.find(
    call => call.name === 'drawImage').args"""


def labels_on_plane(tab):
    """Return the calls that draw the labels of digits on the plane."""
    colors = {color(tab, f'--digit-{i}') for i in range(10)}
    texts = calls(tab, BACK, 'fillText')
    return [call for call in texts if call['fill'] in colors]


def side_of(tab, selector):
    """Return the width of an element, in pixels."""
    return tab.evaluate(f'document.querySelector("{selector}").clientWidth')


@PLANES
def test_digits_are_on_the_plane_where_keras_has_them(visit, name):
    tab, (encoder, _) = visit(name, anew=False), pages.models(name)
    labels = labels_on_plane(tab)
    assert [call['args'][0] for call in labels] == [i % 10 for i in range(100)]
    assert [call['fill'] for call in labels] == 10 * [
        color(tab, f'--digit-{i}') for i in range(10)
    ]
    np.testing.assert_allclose(
        [call['args'][1:] for call in labels],
        on_plane(tab, pages.locate(encoder, pages.held())),
        atol=0.5,
    )


@PLANES
def test_numbers_are_where_they_are_on_the_axis(visit, name):
    tab = visit(name, anew=False)
    numbers = [
        call['args']
        for call in calls(tab, BACK, 'fillText')
        if call['fill'] == color(tab, '--soft') and call['args'][1] == 4
    ]
    assert numbers
    for text, _, y in numbers:
        number = float(text.replace('−', '-'))
        expected = on_plane(tab, [number, 0])[0, 1]
        assert y == pytest.approx(expected, abs=0.5)


@PLANES
def test_the_manifold_is_what_keras_decodes(visit, name):
    tab, (_, decoder) = visit(name, anew=False), pages.models(name)
    low, high = limits(tab)
    wait_until(tab, f'{SHEET}[0].calls.length === 361')
    side = side_of(tab, BACK)
    assert tab.evaluate(f'{SHEET}.slice(1)') == [0, 0, side, side]
    assert tab.evaluate(f'[{SHEET}[0].width, {SHEET}[0].height]') == [532, 532]
    tiles = tab.evaluate(f"""{SHEET}[0].calls.filter((_, i) => i % 17 === 0)
        .map(({{args: [image, x, y]}}) => [
            x, y, [...image.data].filter((_, i) => i % 4 === 3)])""")
    centres = [
        [low + (at / 28 + 0.5) / 19 * (high - low) for at in (y, x)]
        for x, y, _ in tiles
    ]
    np.testing.assert_allclose(
        [image for *_, image in tiles],
        255 * pages.decode(decoder, centres),
        atol=1.5,
    )


def pixels_of_plane(tab):
    """Return the colours of the plane, (side, side, 3), 0 to 255."""
    wait_until(tab, f'{SHEET}[0].calls.length === 361')
    side = side_of(tab, BACK)
    text = tab.evaluate(
        f"""[...document.querySelector('{BACK}').getContext('2d')
        .getImageData(0, 0, {side}, {side}).data].join()"""
    )
    pixels = np.array(text.split(','), int).reshape(side, side, 4)
    return pixels[..., :3]


def test_the_labels_of_digits_are_to_be_seen(visit):
    tab = visit('3-variational', anew=False)
    pixels = pixels_of_plane(tab)

    def is_seen(call):
        x, y = map(int, call['args'][1:])
        around = pixels[y - 6 : y + 7, x - 5 : x + 6]
        return (np.abs(around - ink(call['fill'])).sum(axis=-1) < 40).any()

    # Some are below others.
    assert sum(map(is_seen, labels_on_plane(tab))) >= 80


def test_the_manifold_is_faintly_to_be_seen(visit):
    tab, (_, decoder) = visit('3-variational'), pages.models('3-variational')
    pixels, (low, high) = pixels_of_plane(tab), limits(tab)
    axis = low + (np.arange(19) + 0.5) / 19 * (high - low)
    grid = np.stack(np.meshgrid(axis, axis, indexing='ij'), axis=2)
    images = pages.decode(decoder, grid.reshape(-1, 2)).reshape(19, 19, 28, 28)
    at = ((np.arange(len(pixels)) + 0.5) / len(pixels) * 532).astype(int)
    sheet = images.swapaxes(1, 2).reshape(532, 532)[np.ix_(at, at)]
    lightness = pixels.mean(axis=-1)
    plain = (np.ptp(pixels, axis=-1) < 13) & (lightness > 198)
    assert np.corrcoef(sheet[plain], lightness[plain])[0, 1] < -0.7


def sampled_again(tab):
    """Let a 7 be sampled twice; return its mean, deviation and last sample."""
    click(tab, 'Test digit, a 7')
    click(tab, 'Sample again')
    encoder, _ = pages.models('3-variational')
    _, (mean,), (log_variance,) = pages.run(encoder, pages.held()[7:8])
    deviation = np.exp(log_variance / 2)
    assert abs(np.diff(deviation)) > 0.01
    return mean, deviation, code(tab)


def test_the_table_shows_mean_deviation_and_code(visit):
    tab = visit('3-variational')
    mean, deviation, sample = sampled_again(tab)
    rows = {}
    for text in tab.locator('tbody tr').all_inner_texts():
        *name, first, second = text.replace('−', '-').split()
        rows[' '.join(name)] = [float(first), float(second)]
    assert rows == {
        'mean': pytest.approx(mean, abs=0.006),
        'code': pytest.approx(sample, abs=0.006),
        'standard deviation': pytest.approx(deviation, abs=0.006),
    }


def test_the_ellipse_is_a_deviation_around_the_mean(visit):
    tab = visit('3-variational')
    mean, deviation, sample = sampled_again(tab)
    # The second value is to the right, so its deviation is the width.
    (ellipse,) = calls(tab, PLANE, 'ellipse')
    x, y, *radii, turn = ellipse['args'][:5]
    assert [x, y] == pytest.approx(on_plane(tab, mean)[0], abs=0.2)
    unit = np.diff(on_plane(tab, [[0, 0], [1, 1]]), axis=0)[0, 0]
    assert radii == pytest.approx(deviation[::-1] * unit, rel=0.01)
    assert turn == 0
    # Magnified, with both draws.
    (lens,) = calls(tab, '.lens', 'ellipse')
    by = lens['args'][2] / radii[0]
    assert lens['args'][3] == pytest.approx(by * radii[1])
    (text,) = calls(tab, '.lens', 'fillText')
    assert float(text['args'][0][2:]) == pytest.approx(by, rel=0.06)
    arcs = np.array([call['args'][:2] for call in calls(tab, '.lens', 'arc')])
    assert len(arcs) == 2
    np.testing.assert_allclose(
        arcs[1] - lens['args'][:2],
        (sample - mean)[::-1] * unit * by,
        rtol=0.02,
        atol=0.5,
    )


@pytest.mark.parametrize(
    'name', ['0-vanilla', '2-convolutional', '3-variational']
)
def test_codes_are_sampled_and_drawn_at_random(visit, name):
    tab = visit(name)
    before = shown(tab)
    assert tab.locator('.sample').is_visible() == (name not in STOCK)
    if name not in STOCK:
        click(tab, 'Sample again')
        before = changed(tab, before)
    click(tab, 'Use random code 3')
    between = changed(tab, before, 'random')
    # What is seen in the gallery is the reconstruction.
    np.testing.assert_array_equal(
        values(tab, '.gallery canvas')[2], between[1]
    )
    assert tab.locator('.loss').inner_text() == '–'
    click(tab, 'New random codes')
    click(tab, 'Use random code 3')
    drawn, _ = changed(tab, between, 'random')
    if name in STOCK:  # each value is that of a test digit, not of one digit
        codes = pages.locate(pages.models(name)[0], pages.held())
        distance = np.abs(codes - drawn)
        assert (distance.min(axis=0) < NEAR).all()
        assert distance.max(axis=1).min() > 0.1
    click(tab, 'Back to the encoder’s code')
    assert shown(tab) == before


@pytest.mark.parametrize(
    'name, price',
    [('0-vanilla', []), ('1-sparse', [1e-5]), ('sparse-wide', [0.003])],
)
def test_units_that_fire_are_counted_and_the_penalty_is_named(
    visit, name, price
):
    tab, (encoder, _) = visit(name), pages.models(name)
    codes = pages.locate(encoder, pages.held())
    fire, dead = (codes > 0).sum(axis=1), (codes == 0).all(axis=0).sum()
    assert dead >= len(pages.DEAD)
    text = tab.locator('.activity').inner_text().replace('\u2007', '')
    assert text == (
        'A unit fires if its value is above 0. Here, '
        f'{fire[0]} of {codes.shape[1]} fire; for a test digit, '
        f'{fire.mean():.1f} on average. {dead} are dead: they fire for none '
        'of the 100 test digits (hatched).'
    )
    assert tab.locator('.bars .dead').count() == dead
    found = re.findall(
        r'the sum of the values times (\S+)\.',
        tab.locator('.about-code').inner_text(),
    )
    assert [float(one) for one in found] == price


@pytest.mark.parametrize(
    'name, says',
    [('variational-1', 'one value'), ('variational-5', '5 values')],
)
def test_the_values_of_a_code_are_counted(visit, name, says):
    text = visit(name, anew=False).locator('#lead').inner_text()
    assert f'over codes of {says}.' in text


SHAPES = {
    '0-vanilla': '784 128 64 32 32 64 128 784',
    '2-convolutional': '28×28×1 28×28×16 14×14×16 14×14×8 7×7×8 7×7×8 4×4×8 '
    '4×4×8 4×4×8 8×8×8 8×8×8 16×16×8 14×14×16 28×28×16 28×28×1',
    '3-variational': '784 512 2 2 2 2 512 784',
}
EACH_SHOWN = 'all => all.map(one => one.shown)'


@pytest.mark.parametrize('name, shapes', SHAPES.items())
def test_layers_have_their_shapes(visit, name, shapes):
    tab = visit(name, anew=False)
    assert tab.locator('figcaption b').all_inner_texts() == shapes.split()
    strips = tab.locator('.strips canvas')
    counts = [
        len(pixels) - pixels.count(None)
        for pixels in strips.evaluate_all(EACH_SHOWN)
    ]
    assert counts == [
        prod(map(int, shape.split('×'))) for shape in shapes.split()
    ]
    # No layer is a speck.
    boxes = [strip.bounding_box() for strip in strips.all()]
    assert min(box['width'] * box['height'] for box in boxes) > 600


@pytest.mark.parametrize('name', SHAPES)
def test_all_layers_show_what_is_drawn(visit, name):
    tab = visit(name, anew=False)
    strips = tab.locator('.strips canvas')
    before = strips.evaluate_all(EACH_SHOWN)
    draw(tab, SEVEN)
    tab.evaluate(SETTLED)
    after = strips.evaluate_all(EACH_SHOWN)
    assert all(a != b for a, b in zip(before, after))


def test_maps_are_four_below_each_other_then_four(visit):
    tab = visit('2-convolutional')
    seventh = tab.evaluate("""() => [...columns[0].encoded[2]]
        .filter((_, i) => i % 16 === 6)""")
    third = tab.locator('.strips canvas').nth(2)
    seen = np.reshape(third.evaluate('one => one.shown'), (59, 59))
    found = seen[30:44, 15:29].astype(float)
    assert np.corrcoef(found.flat, seventh)[0, 1] == pytest.approx(1)


# The way and the training.


def mixed(ends, step):
    return (1 - step / 10) * ends[0] + step / 10 * ends[1]


def check_way(tab, name, ends):
    """Check the rows of the way between two digits; return their codes."""
    encoder, decoder = pages.models(name)
    codes, seen = pages.locate(encoder, ends), values(tab, '#way canvas')
    np.testing.assert_allclose(
        seen[:11],
        pages.decode(decoder, [mixed(codes, step) for step in range(11)]),
        atol=NEAR,
    )
    np.testing.assert_allclose(
        seen[11:], [mixed(ends, step) for step in range(11)], atol=NEAR
    )
    return codes


def go_to_step_four(tab):
    """Put a 7 at the end B, and go four steps from A towards it."""
    click(tab, 'Test digit, a 7')
    click(tab, 'Use the pad as B')
    for _ in range(4):
        tab.locator('#way-slider').press('ArrowRight')


@pytest.mark.parametrize('name', ['0-vanilla', '3-variational'])
def test_the_way_from_one_digit_to_another(visit, name):
    tab, held = visit(name), pages.held()
    check_way(tab, name, held[[3, 8]])
    go_to_step_four(tab)
    codes = check_way(tab, name, held[[3, 7]])
    np.testing.assert_allclose(code(tab), mixed(codes, 4), atol=NEAR)
    assert tab.locator('.source').inner_text() == 'between A and B'
    assert tab.locator('.strip').evaluate_all("""all => all.map(
        one => [...one.querySelectorAll('canvas')].findIndex(
            image => image.matches('.here')))""") == [4, 4]
    click(tab, 'Other test digits')
    assert np.abs(code(tab) - mixed(codes, 4)).max() > 0.01


def test_other_ends_are_of_two_labels(visit):
    tab = visit('0-vanilla', anew=False)
    pairs = tab.evaluate("""Array.from(
        {length: 300}, () => twoDigits().map(({label}) => label))""")
    assert not [labels for labels in pairs if labels[0] == labels[1]]


def test_the_way_is_a_line_on_the_plane(visit):
    tab = visit('3-variational')
    assert not calls(tab, PLANE, 'lineTo')  # the code is not on the way yet
    go_to_step_four(tab)
    encoder, _ = pages.models('3-variational')
    ends = on_plane(tab, pages.locate(encoder, pages.held()[[3, 7]]))
    np.testing.assert_allclose(
        [call['args'] for call in calls(tab, PLANE, 'lineTo')], ends, atol=0.5
    )
    texts = calls(tab, PLANE, 'fillText')
    assert [call['args'][0] for call in texts] == ['A', 'B']
    np.testing.assert_allclose(
        [call['args'][1:] for call in texts], ends, atol=1
    )


@pytest.mark.parametrize(
    'name', ['0-vanilla', '3-variational', 'variational-5']
)
def test_a_training_unfolds(visit, name):
    record = pages.unfolded(name)
    tab = visit(name, reduced_motion='reduce')
    slider = tab.locator('#epoch')
    assert tab.locator('#epoch-text').inner_text() == 'epoch 50'
    slider.press('Home')
    for i, epoch in enumerate(EPOCHS):
        np.testing.assert_allclose(
            values(tab, '.digits + .digits canvas'),
            record['images'][i] / 255,
            atol=NEAR,
        )
        assert tab.locator('#epoch-text').inner_text() == f'epoch {epoch}'
        if 'usage' in record:
            check_usage(tab, record, i)
        else:
            check_codes(tab, record, i)
        slider.press('ArrowRight')
    np.testing.assert_allclose(
        values(tab, '.digits canvas')[:10], pages.held()[:10], atol=NEAR
    )


def check_usage(tab, record, i):
    """Check the bars of the usage after an epoch."""
    empty, *bars = [call['args'] for call in calls(tab, '.usage', 'fillRect')]
    most = 1
    if record['losses'].shape[1] == 4:  # variational: in nats
        most = record['usage'].max()
    np.testing.assert_allclose(
        [bar[3] for bar in bars],
        record['usage'][i] / most * empty[3],
        atol=0.1,
    )
    np.testing.assert_allclose([bar[1] + bar[3] for bar in bars], empty[3])
    lefts = np.arange(len(bars)) / len(bars) * empty[2]
    np.testing.assert_allclose([bar[0] for bar in bars], lefts)


def check_codes(tab, record, i):
    """Check the codes that are seen after an epoch."""
    canvas = '#trainings .plane canvas'
    most = 1.05 * np.abs(record['codes']).max()
    side = side_of(tab, canvas)
    places = (record['codes'][i][:, ::-1] + most) / (2 * most) * side
    labels = calls(tab, canvas, 'fillText')[-40:]
    assert [call['args'][0] for call in labels] == record['labels'].tolist()
    np.testing.assert_allclose(
        [call['args'][1:] for call in labels], places, atol=0.5
    )


def test_a_training_plays_on_its_own_and_then_stops(visit):
    tab = visit('0-vanilla', reduced_motion='reduce')
    slider = tab.locator('#epoch')
    slider.press('ArrowLeft')
    slider.press('ArrowLeft')
    click(tab, 'Play')
    tab.get_by_role('button', name='Pause').wait_for()
    tab.get_by_role('button', name='Play').wait_for()
    assert slider.input_value() == str(len(EPOCHS) - 1)


@pytest.mark.parametrize(
    'name, says',
    [
        ('0-vanilla', 'loss 0.1250, val_loss 0.2500'),
        (
            '3-variational',
            'loss 0.1250, val_loss 0.2500, cross-entropy 0.3750, '
            'KL divergence 0.5000',
        ),
    ],
)
def test_the_losses_of_an_epoch_are_said(visit, name, says):
    tab = visit(name, reduced_motion='reduce')
    tab.locator('#epoch').press('Home')
    text = tab.locator('#trainings .note')
    tab.evaluate(SETTLED)
    assert 'Before training: ' in text.inner_text()
    for _ in range(5):
        tab.locator('#epoch').press('ArrowRight')
    tab.evaluate(SETTLED)
    assert text.inner_text() == f'After epoch 8 of 50: {says}'


def lines_on(tab, canvas):
    """Return the lines of a curve: whether dashed, colour and points."""
    lines = []
    for call in calls(tab, canvas, 'beginPath', 'lineTo', 'stroke'):
        if call['name'] == 'beginPath':
            points = []
        elif call['name'] == 'lineTo':
            points.append(call['args'])
        else:
            lines.append((call['dashed'], call['stroke'], np.array(points)))
    return lines


def check_curve(tab, canvas, losses):
    """Check that lines show losses on one scale, the largest at the top."""
    lines = lines_on(tab, canvas)
    known = losses[np.isfinite(losses[:, 0])]
    assert len(lines) == losses.shape[1]
    pixels = np.stack([points[:, 1] for *_, points in lines], axis=1)
    assert pixels.shape == known.shape
    slope = np.ptp(pixels) / np.ptp(known)
    np.testing.assert_allclose(
        pixels - pixels.min(), (known.max() - known) * slope, atol=0.1
    )
    # After the last epoch, there is a point on each.
    ends = [points[-1].tolist() for *_, points in lines]
    arcs = [call['args'][:2] for call in calls(tab, canvas, 'arc')]
    assert arcs == ends
    for *_, points in lines:
        assert (np.diff(points[:, 0]) > 0).all()


@pytest.mark.parametrize('name', ['0-vanilla', '3-variational'])
def test_the_curve_has_the_losses_that_its_caption_says(visit, name):
    tab = visit(name, reduced_motion='reduce')
    caption = tab.locator('.pair figcaption').nth(1).inner_text()
    assert caption == (
        'Line: loss, on training digits. Dots: val_loss, on test digits.'
    )
    check_curve(tab, '.curve', pages.unfolded(name)['losses'][:, :2])
    (dashed, stroke, _), (other_dashed, other, _) = lines_on(tab, '.curve')
    assert (dashed, stroke) == (False, color(tab, '--accent'))
    assert (other_dashed, other) == (True, color(tab, '--bar'))


def test_each_term_of_the_variational_loss_has_a_curve(visit):
    tab = visit('3-variational', reduced_motion='reduce')
    losses = pages.unfolded('3-variational')['losses']
    captions = tab.locator('.pair figcaption').all_inner_texts()[2:]
    for i, name in enumerate(('cross-entropy', 'KL divergence')):
        assert captions[i].startswith(f'The {name}, on test digits')
        check_curve(
            tab, f'figure:nth-of-type({3 + i}) > .term', losses[:, [2 + i]]
        )


def test_motion_is_reduced_where_that_is_wished(visit):
    record = pages.unfolded('3-variational')
    most = 1.05 * np.abs(record['codes']).max()
    for motion, still in (('reduce', True), ('no-preference', False)):
        tab = visit('3-variational', reduced_motion=motion)
        # Frame by frame, where a digit is until it is where it is to be.
        places = tab.evaluate(
            """([x, y]) => new Promise(resolve => {
            const canvas = document.querySelector('#trainings .plane canvas');
            const slider = document.getElementById('epoch');
            const seen = new Set(), side = canvas.clientWidth;
            const look = () => {
                const [, atX, atY] = canvas.calls.filter(
                    ({name}) => name === 'fillText').at(-40).args;
                seen.add(`${atX}, ${atY}`);
                if (Math.hypot(atX - x * side, atY - y * side) < 0.5) {
                    resolve(seen.size);
                } else requestAnimationFrame(look);
            };
            look();
            slider.value = 3;
            slider.dispatchEvent(new Event('input'));
        })""",
            ((record['codes'][3, 0, ::-1] + most) / (2 * most)).tolist(),
        )
        assert (places == 2) == still


# What it looks like.


@pytest.mark.parametrize('name', [*MODULES, *OTHERS])
def test_the_page_fits(visit, name):
    tab = visit(name, anew=False)
    for width in (320, 375, 768, 1186, 1440):
        tab.set_viewport_size({'width': width, 'height': 900})
        tab.evaluate(SETTLED)
        assert (
            tab.evaluate("""() => Math.max(
            document.documentElement.scrollWidth,
            ...[...document.querySelectorAll('main *')].map(
                one => one.getBoundingClientRect().right))""")
            <= width
        )


@pytest.mark.parametrize(
    'name', ['0-vanilla', '2-convolutional', '3-variational']
)
@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_it_is_readable_and_labelled(visit, axe, name, scheme):
    tab = visit(name, anew=False, color_scheme=scheme)
    click(tab, 'Use random code 1')
    tab.evaluate(SETTLED)
    found = axe.run(tab).response
    assert {
        one['id']: one['nodes'][0]['html'] for one in found['violations']
    } == {}
    assert 'color-contrast' in {one['id'] for one in found['passes']}
    # What is drawn on a canvas, axe does not see.
    card = light(color(tab, '--card'))
    for i in range(10):
        ratio = (card + 0.05) / (light(color(tab, f'--digit-{i}')) + 0.05)
        assert max(ratio, 1 / ratio) >= 4.5, i
    assert (card < 0.1) == (scheme == 'dark')


def light(color):
    """Return the luminance of a colour, as WCAG has it."""
    c = ink(color) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


def test_nothing_jumps(visit):
    tab = visit('3-variational', 375)
    heights = 'document.documentElement.scrollHeight'
    before = tab.evaluate(heights)
    draw(tab, SEVEN)
    click(tab, 'Use random code 3')
    drag(tab, tab.locator(PLANE), [(0.5, 0.5), (0.2, 0.9)])
    tab.evaluate(SETTLED)
    assert tab.evaluate(heights) == before


@pytest.mark.parametrize(
    'name, part', [('0-vanilla', '.fill'), ('2-convolutional', '.map > *')]
)
def test_the_code_is_seen_with_few_colours_and_on_paper(visit, name, part):
    tab = visit(name, anew=False)

    def look():
        return tab.locator(f'{part}, canvas').evaluate_all("""all => all.map(
            one => { const style = getComputedStyle(one); return [
                style.forcedColorAdjust, style.printColorAdjust,
                style.visibility, style.opacity,
                one.matches('canvas') || style.backgroundColor]; })""")

    usual = look()
    assert {tuple(one[:2]) for one in usual} == {('none', 'exact')}
    for media in ({'forced_colors': 'active'}, {'media': 'print'}):
        tab.emulate_media(**media)
        assert look() == usual
        assert tab.locator(part).last.is_visible()
        tab.emulate_media(forced_colors='none', media='screen')


def test_without_its_script_the_page_says_so(browser):
    text = page('A', [pages.described('vanilla-2')], *pages.digits())

    def opened(headers=None, frame=False, **options):
        tab = new_tab(browser, **options)
        body = (
            '<iframe sandbox src="http://page.test/inner"></iframe>'
            if frame
            else text
        )
        tab.route(
            '**/*',
            lambda route: route.fulfill(
                body=text if route.request.url.endswith('inner') else body,
                content_type='text/html; charset=utf-8',
                headers=headers or {},
            ),
        )
        tab.goto('http://page.test/')
        # The notice is seen after a second.
        tab.frames[-1].locator('#no-script, #main').locator(
            'visible=true'
        ).wait_for()
        seen = tab.frames[-1].locator('body').inner_text()
        tab.close()
        return seen

    for seen in (
        opened(java_script_enabled=False),
        opened(frame=True),
        opened({'content-security-policy': "script-src 'none'"}),
    ):
        assert 'which does not run here' in ' '.join(seen.split())
        assert 'Reconstruction' not in seen
    seen = opened()
    assert 'which does not' not in seen and 'Reconstruction' in seen
    assert 'How it learned' not in seen  # there is no record of it


def test_a_sharper_screen_is_drawn_on_anew(visit):
    tab = visit('3-variational', anew=False)
    session = tab.context.new_cdp_session(tab)
    for ratio in (2, 1):
        session.send(
            'Emulation.setDeviceMetricsOverride',
            {
                'width': 1280,
                'height': 900,
                'deviceScaleFactor': ratio,
                'mobile': False,
            },
        )
        wait_until(
            tab,
            f"""[...document.querySelectorAll('.plane canvas, .lens, .curve')]
                .every(one => Math.abs(
                    one.width - {ratio} * one.clientWidth) <= 1)""",
        )
    session.detach()


def test_all_can_be_reached_by_the_tab_key(visit):
    for name in ('0-vanilla', '2-convolutional', '3-variational'):
        tab = visit(name)
        tab.evaluate("""() => {
            window.seen = [];
            addEventListener('focusin', ({target}) => {
                const {outlineStyle, outlineWidth} = getComputedStyle(target);
                seen.push([target.ariaLabel || target.textContent,
                           outlineStyle, parseFloat(outlineWidth)]);
            });
        }""")
        for _ in range(48):
            tab.keyboard.press('Tab')
        seen = tab.evaluate('seen')
        names = [name for name, *_ in seen]
        expected = [
            'Undo',
            'Clear',
            'Other digits',
            'Test digit, a 3',
            'New random codes',
            'Use random code 12',
            'Back to the encoder’s code',
            'Use the pad as A',
            'Epoch',
            'From A to B',
            'Other test digits',
            'Play',
        ]
        expected += {
            '0-vanilla': ['Value 1 of the code'],
            '2-convolutional': ['Map 8, row 1, column 1'],
            '3-variational': ['Sample again'],
        }[name]
        assert not {*expected} - {*names}
        assert all(style != 'none' and width >= 2 for _, style, width in seen)
