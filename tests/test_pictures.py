"""What the pictures show where: pixels at known places."""

import functools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from common import pictures


@pytest.fixture
def figures(monkeypatch):
    """Return the figures that are drawn and saved, by the file's name."""
    found = {}
    save_figure = pictures.save_figure

    def keep(figure, path):
        found[path.name] = figure
        save_figure(figure, path)
        assert plt.imread(path).std() > 0.05

    monkeypatch.setattr(pictures, 'save_figure', keep)
    yield found
    plt.close('all')


@functools.cache
def pixels(figure):
    """Return the colours of a figure, with the lowest row first."""
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[::-1] / 255


def colour_at(figure, axis, x, y):
    """Return the colour that a figure has at a point of an axis."""
    column, row = axis.transData.transform((x, y)).astype(int)
    return pixels(figure)[row, column]


class Decoder:
    """Decodes codes in [-3, 3]: into the left and right half."""

    def predict(self, codes, **options):
        """Return images whose halves are as bright as their codes."""
        images = np.zeros((len(codes), 28, 28))
        images[:, :, :14] = (codes[:, 0, None, None] + 3) / 6
        images[:, :, 14:] = (codes[:, 1, None, None] + 3) / 6
        return images.reshape(-1, 784)


def test_manifold_has_each_image_at_its_code(tmp_path, figures):
    pictures.draw_latent_plane(Decoder(), np.zeros((1, 2)), [0], tmp_path)
    figure = figures['manifold.png']
    (axis,) = figure.axes
    for first, second in ((-3, 1.5), (1.5, -3), (2.75, 0.25), (0, 0)):
        for shift, value in ((-0.06, first), (0.06, second)):
            colour = colour_at(figure, axis, second + shift, first)
            expected = plt.get_cmap('viridis')((value + 3) / 6)
            np.testing.assert_allclose(colour, expected, atol=0.02)
    # As in the assignment: the first latent value grows downwards, the second
    # to the right.
    (left, top), (right, bottom) = axis.transData.transform([(-3, -3), (3, 3)])
    assert left < right and bottom < top
    assert axis.get_xlabel() == 'second latent value'
    assert axis.get_ylabel() == 'first latent value'


@pytest.mark.parametrize('labels', [range(10), [-7, 5, 1000], range(3, 23)])
def test_latent_plane_has_each_digit_at_its_mean(tmp_path, figures, labels):
    labels = np.array(labels)
    # Of each label two digits; in another order than the labels have.
    means = (
        np.random.default_rng(0)
        .permutation(
            [(a, b) for a in range(0, 16, 2) for b in range(-20, 0, 4)]
        )[: 2 * len(labels)]
        .astype(float)
    )
    pictures.draw_latent_plane(
        Decoder(), means, np.tile(labels[::-1], 2), tmp_path
    )
    figure = figures['latent.png']
    axis, bar = figure.axes
    texts = [text.get_text() for text in bar.get_yticklabels()]
    assert texts == [str(label) for label in labels]
    for i, (first, second) in enumerate(means):
        place = bar.get_yticks()[::-1][i % len(labels)]
        np.testing.assert_allclose(
            colour_at(figure, axis, second, first),
            colour_at(figure, bar, 0.5, place),
            atol=0.02,
        )
    (left, top), (right, bottom) = axis.transData.transform(
        [(-20, 0), (0, 16)]
    )
    assert left < right and bottom < top
    assert axis.get_ylabel() == 'first latent value'


def test_without_a_plane_there_is_nothing_to_draw(tmp_path):
    pictures.draw_latent_plane(None, np.zeros((5, 3)), range(5), tmp_path)
    assert not list(tmp_path.iterdir())


def test_images_are_in_rows_with_their_text_and_upright(tmp_path, figures):
    rows = np.zeros((2, 3, 784), 'float32')
    for row in range(2):
        for i in range(3):  # bright at line 5, column 20 + i, or at line 9
            rows[row, i, (5 + 4 * row) * 28 + 20 + i] = 1
    pictures.draw_images(
        {'input': rows[0], 'reconstruction': rows[1].reshape(3, 28, 28, 1)},
        tmp_path / 'a.png',
    )
    figure = figures['a.png']
    # From the left and from the top, as a reader sees them.
    axes = sorted(
        figure.axes,
        key=lambda axis: (-axis.get_position().y0, axis.get_position().x0),
    )
    for axis, image in zip(axes, rows.reshape(6, 28, 28)):
        left, low, right, high = axis.get_window_extent().extents.astype(int)
        green = pixels(figure)[low + 1 : high, left + 1 : right, 1]
        up, along = np.unravel_index(green.argmax(), green.shape)
        line, column = np.argwhere(image)[0]
        # Within a pixel, which Matplotlib blends with those beside it.
        assert 28 * (1 - (up + 0.5) / len(green)) == pytest.approx(
            line + 0.5, abs=0.7
        )
        assert 28 * (along + 0.5) / len(green[0]) == pytest.approx(
            column + 0.5, abs=0.7
        )
    assert [axis.texts[0].get_text() for axis in axes[::3]] == [
        'input',
        'reconstruction',
    ]


def test_images_are_as_bright_as_their_values(tmp_path, figures):
    dim = np.full((1, 28, 28), 0.5)
    dim[:, :14] = 0.25
    pictures.draw_images({'dim': dim}, tmp_path / 'a.png')
    figure = figures['a.png']
    (axis,) = figure.axes
    for line, value in ((7, 0.25), (21, 0.5)):
        expected = plt.get_cmap('viridis')(value)
        np.testing.assert_allclose(
            colour_at(figure, axis, 14, line), expected, atol=0.02
        )
