"""The pictures: what the mains draw, each as one PNG file."""
import matplotlib.pyplot as plt
import numpy as np

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
    figure, axis = plt.subplots(figsize=(8, 8))
    _draw_image(axis, tiled.reshape(side * 28, side * 28))
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


def show_pictures():
    """Show the pictures on the screen, where there is one."""
    if plt.gcf().canvas.required_interactive_framework:
        plt.show()


def _draw_image(axis, image):
    """Draw an image of values in [0, 1], in the same colours each time."""
    axis.imshow(image, vmin=0, vmax=1)
    axis.axis('off')


def _save(figure, path):
    """Save a figure without the empty space around it."""
    save_whole(path, lambda beside: figure.savefig(beside, dpi=120,
                                                   bbox_inches='tight'))
