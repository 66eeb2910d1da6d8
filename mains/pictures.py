"""The pictures: what the mains draw, each as one PNG file."""
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from files import save_whole


def draw_reconstructions(digits, reconstructed, output):
    """Draw digits above their reconstructions, as `reconstructions.png`.

    Args:
        digits: Array of n x 784 values in [0, 1], of any shape.
        reconstructed: Array of the same size.
        output: `Path` of the folder for the picture.
    """
    rows = [np.reshape(row, (-1, 28, 28)) for row in (digits, reconstructed)]
    figure, axes = plt.subplots(2, len(rows[0]), figsize=(10, 2.2),
                                squeeze=False)
    for axis, image in zip(axes.flat, np.concatenate(rows)):
        _draw_image(axis, image)
    _save(figure, output / 'reconstructions.png')


def draw_manifold(images, output):
    """Draw what a grid over the latent plane decodes to, as `manifold.png`.

    Args:
        images: Array of n x n x 784 values in [0, 1], of any shape: the
            first latent value grows downwards, the second to the right.
        output: `Path` of the folder for the picture.
    """
    images = np.reshape(images, (-1, 28, 28))
    side = round(len(images) ** 0.5)
    tiled = images.reshape(side, side, 28, 28).swapaxes(1, 2)
    # One dot for each pixel of the image.
    figure = plt.figure(figsize=(side * 0.28, side * 0.28), dpi=100)
    _draw_image(figure.add_axes((0, 0, 1, 1)),
                tiled.reshape(side * 28, side * 28))
    _save(figure, output / 'manifold.png')


def draw_latent_plane(means, labels, output):
    """Draw where the digits lie in the latent plane, as `latent.png`.

    Args:
        means: Array `(n, 2)` of codes.
        labels: Array `(n,)` of the digits' labels, 0 to 9.
        output: `Path` of the folder for the picture.
    """
    figure, axis = plt.subplots(figsize=(7, 6))
    points = axis.scatter(*means.T, c=labels, s=4, cmap='tab10', vmin=-0.5,
                          vmax=9.5)
    figure.colorbar(points, ticks=range(10), label='digit')
    axis.set(xlabel='first latent value', ylabel='second latent value',
             aspect='equal')
    _save(figure, output / 'latent.png')


def draw_comparison(rows, path):
    """Draw rows of digits below each other, each with a text beside it.

    Args:
        rows: Dictionary of texts to arrays of n x 784 values in [0, 1].
        path: `Path` of the picture.
    """
    images = [np.reshape(row, (-1, 28, 28)) for row in rows.values()]
    figure, axes = plt.subplots(len(rows), len(images[0]),
                                figsize=(10, len(rows)), squeeze=False)
    for axis, image in zip(axes.flat, np.concatenate(images)):
        _draw_image(axis, image)
    for axis, text in zip(axes[:, 0], rows):
        axis.text(-0.15, 0.5, text, transform=axis.transAxes, ha='right',
                  va='center')
    figure.subplots_adjust(wspace=0.05, hspace=0.05)
    _save(figure, path)


def draw_losses(histories, path):
    """Draw loss curves, one panel for each group that shares a scale.

    Args:
        histories: List of dictionaries, one for each panel, of names to
            pairs of lists: the training and validation loss of each epoch.
        path: `Path` of the picture.
    """
    figure, axes = plt.subplots(1, len(histories), figsize=(10, 3.5))
    for axis, group in zip(axes, histories):
        for number, (name, losses) in enumerate(group.items()):
            for loss, style, part in zip(losses, ('-', ':'),
                                         ('training', 'validation')):
                axis.plot(range(1, len(loss) + 1), loss, style,
                          color=f'C{number}', label=f'{name}, {part}')
        axis.set(xlabel='epoch', ylabel='loss')
        axis.legend(fontsize='small')
    _save(figure, path)


def draw_activity(codes, path):
    """Draw how many values of a code are active, for several models.

    Args:
        codes: Dictionary of names to arrays `(n, latent_dims)` >= 0.
        path: `Path` of the picture.
    """
    figure, axis = plt.subplots(figsize=(7, 3))
    for name, values in codes.items():
        active = (values > 0).sum(axis=1)
        axis.hist(active, np.arange(values.shape[1] + 2) - 0.5, alpha=0.6,
                  label=f'{name}: {active.mean():.1f} on average')
    axis.set(xlabel=f'active values in a code of {values.shape[1]}',
             ylabel='test digits')
    axis.legend()
    _save(figure, path)


def show_pictures():
    """Show the pictures on the screen, where there is one."""
    if plt.gcf().canvas.required_interactive_framework:
        plt.show()


def _draw_image(axis, image):
    """Draw an image of values in [0, 1], in the same colours each time."""
    axis.imshow(image, vmin=0, vmax=1)
    axis.axis('off')


def _save(figure, path):
    """Save a figure as a PNG file of 256 colours, without a margin."""
    def save(beside):
        margin = {} if figure.axes[0].get_position().width == 1 else {
            'bbox_inches': 'tight', 'dpi': 120}
        figure.savefig(beside, **margin)
        with Image.open(beside) as image:
            image.convert('RGB').quantize(256).save(beside, optimize=True)
    save_whole(path, save)
