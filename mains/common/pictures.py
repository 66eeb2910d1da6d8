"""The pictures that the mains draw, each as one PNG file."""

import io

import matplotlib.pyplot as plt
import numpy as np

from common.program import write_atomically


@plt.style.context('default')
def draw_images(rows, path):
    """Draw rows of images below each other, each with a text beside it.

    Args:
        rows: Dictionary from a text to an array of n images, each of 784
            values in [0, 1]; n is the same for all.
        path: `Path` of the picture.
    """
    images = [np.reshape(row, (-1, 28, 28)) for row in rows.values()]
    figure, axes = plt.subplots(
        len(rows), len(images[0]), figsize=(10, len(rows)), squeeze=False
    )
    for axis, image in zip(axes.flat, np.concatenate(images)):
        axis.imshow(image, vmin=0, vmax=1)
        axis.axis('off')
    for axis, text in zip(axes[:, 0], rows):
        axis.text(
            -0.15, 0.5, text, transform=axis.transAxes, ha='right', va='center'
        )
    figure.subplots_adjust(wspace=0.05, hspace=0.05)
    save_figure(figure, path)


@plt.style.context('default')
def draw_latent_plane(decoder, means, labels, folder):
    """Draw what the latent plane decodes to, and where digits lie in it.

    `manifold.png` shows what the points of a grid over [-3, 3] x [-3, 3]
    decode to: as in the assignment, the first latent value grows downwards
    and the second to the right. `latent.png` shows the means of digits, turned
    in the same way. It draws nothing unless a code has two values.

    Args:
        decoder: Keras model from codes `(n, 2)` to 784 values in [0, 1].
        means: Array `(n, 2)` of codes.
        labels: Array `(n,)` of the digits' labels, integers.
        folder: `Path` of the folder for the pictures.
    """
    if means.shape[1] != 2:
        return
    side = 25  # images in a row and in a column of the grid
    names = {'xlabel': 'second latent value', 'ylabel': 'first latent value'}
    values = np.linspace(-3, 3, side)
    grid = np.stack(np.meshgrid(values, values, indexing='ij'), axis=2)
    images = decoder.predict(grid.reshape(-1, 2), batch_size=125, verbose=0)
    tiled = images.reshape(side, side, 28, 28).swapaxes(1, 2)
    edge = 3 + 3 / (side - 1)  # so that each image is centred on its point
    figure, axis = plt.subplots(figsize=(8, 8))
    axis.imshow(
        tiled.reshape(side * 28, side * 28),
        vmin=0,
        vmax=1,
        extent=(-edge, edge, edge, -edge),
    )
    axis.set(**names)
    save_figure(figure, folder / 'manifold.png')

    labels, colours = np.unique(labels, return_inverse=True)
    n = len(labels)
    figure, axis = plt.subplots(figsize=(7, 6))
    points = axis.scatter(
        means[:, 1],
        means[:, 0],
        c=colours,
        s=4,
        vmin=-0.5,
        vmax=n - 0.5,
        cmap=plt.get_cmap('tab10' if n == 10 else 'turbo', n),
    )
    figure.colorbar(
        points, ticks=range(n), label='digit', shrink=0.75
    ).set_ticklabels(labels)
    axis.set(**names, aspect='equal')
    axis.invert_yaxis()
    save_figure(figure, folder / 'latent.png')


def save_figure(figure, path):
    """Save a figure as a PNG file, without a margin.

    Args:
        figure: Matplotlib figure.
        path: `Path` of the picture.
    """
    file = io.BytesIO()
    figure.savefig(file, dpi=120, bbox_inches='tight')
    write_atomically(path, file.getvalue())


def show_pictures(folder):
    """Say where the results are, and show the pictures if there is a screen.

    Args:
        folder: `Path` of the folder.
    """
    print('Saved the pictures, the history and the models to', folder)
    if plt.gcf().canvas.required_interactive_framework:
        plt.show()
