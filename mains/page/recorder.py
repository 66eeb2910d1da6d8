"""A callback that records how a training unfolds, and writes its page."""

import io
import zipfile

import numpy as np

from common.formulas import divergence
from common.program import write_atomically
from common.start import keras
from page import UNFOLDING, write_page
from page.contents import choose
from page.networks import input_shape, without_noise

# After these epochs, and after the last one, what is seen is recorded: most
# happens at the start. 0 is before the training.
EPOCHS = (0, 1, 2, 3, 5, 8, 12, 20, 30, 50)
# The digits that are reconstructed, and those whose codes are recorded.
SHOWN = 10
CODED = 1000
# The losses that are kept of each epoch: those that `fit` has.
LOSSES = ('loss', 'val_loss', 'val_cross_entropy', 'val_kl_divergence')


class Recorder(keras.callbacks.Callback):
    """Record what test digits become, in one file in the output folder.

    The file is `unfolding.npz`. It has the arrays `epochs` `(k,)`; `images`
    `(k, 10, 784)`, reconstructions of ten test digits in bytes; `codes`
    `(k, 1000, 2)` for codes of two values, else `usage` `(k, values)`;
    `labels` `(1000,)` of the digits coded; and `losses` `(epochs, 2)`, the
    loss and val_loss of each epoch, NaN where it is not known, or for the
    variational autoencoder `(epochs, 4)`, with the terms of its val_loss: the
    cross-entropy and the KL divergence.

    The usage of a value is how often it is above 0, from 0 to 1. A mean of
    the variational encoder always is, or is not, by chance: there, it is the
    value's part of the KL divergence, in nats.

    Nothing in here draws random numbers, so a training with it is the same
    as one without it: of the variational encoder, codes are the means.

    When an interrupted training goes on, it goes on with the file; what that
    has from later epochs, or from another training, is dropped.

    Args:
        encoder: Keras model from digits to codes, or to codes, their means
            and their log variances.
        decoder: Keras model from codes to reconstructions of 784 values.
        x_test: Array of n x 784 values in [0, 1], of any shape.
        labels: Array `(n,)` of the labels of the digits.
        folder: `Path` of the output folder.
    """

    def __init__(self, encoder, decoder, x_test, labels, folder):
        """Choose the digits, and leave the noise out of the encoder."""
        super().__init__()
        self.models_and_digits = encoder, decoder, x_test, labels
        shape = input_shape(encoder, x_test)
        shown, _ = choose(x_test, labels, SHOWN)
        self.shown = (shown / 255).reshape(-1, *shape).astype('float32')
        self.coded = np.reshape(x_test[:CODED], (-1, *shape))
        self.labels = np.asarray(labels[:CODED])
        self.encode = without_noise(encoder)
        self.decoder = decoder
        self.path = folder / UNFOLDING
        code, *log_variance = self.encode(self.shown)
        self.kind = 'codes' if code.shape[1:] == (2,) else 'usage'
        self.names = LOSSES if log_variance else LOSSES[:2]

    def on_train_begin(self, logs=None):
        """Read what was recorded before an interruption."""
        self.snapshots, self.losses = {}, []
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = dict(file)
            if arrays['losses'].shape[1] != len(self.names):
                raise ValueError('other losses')
            self.losses = arrays['losses'].tolist()
            self.snapshots = dict(
                zip(
                    arrays['epochs'].tolist(),
                    zip(arrays['images'], arrays[self.kind]),
                )
            )
        # There is none, or it is of another model.
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            pass

    def on_epoch_begin(self, epoch, logs=None):
        """Take a snapshot after `epoch` epochs, if there is to be one."""
        # What is from later epochs is from another training; where this one
        # begins, all of it is.
        self.snapshots = {
            known: snapshot
            for known, snapshot in self.snapshots.items()
            if 0 < epoch >= known
        }
        self._have_losses_of(epoch)
        if epoch not in self.snapshots and (
            epoch in EPOCHS or not self.snapshots
        ):
            self._take_snapshot(epoch)

    def on_epoch_end(self, epoch, logs=None):
        """Keep the losses."""
        self.losses.append([logs.get(name, np.nan) for name in self.names])
        self._save()

    def on_train_end(self, logs=None):
        """Take a snapshot after the last epoch, whichever it is."""
        last = self.params['epochs']
        self._have_losses_of(last)
        if last not in self.snapshots:
            self._take_snapshot(last)
            self._save()

    def write_page(self, title):
        """Write `explore.html`, the page of the trained model, to the folder.

        Args:
            title: String, its heading.
        """
        write_page(
            self.path.with_name('explore.html'), title, *self.models_and_digits
        )

    def _have_losses_of(self, epochs):
        """Keep the losses of so many epochs, NaN where they are not known."""
        unknown = [np.nan] * len(self.names)
        self.losses = (self.losses + [unknown] * epochs)[:epochs]

    def _take_snapshot(self, epoch):
        """Record what the models make of the digits now."""
        # Called as they are: `predict` would compile them first.
        codes, *log_variance = self.encode(self.coded)
        if self.kind == 'usage':
            used = codes > 0
            if log_variance:
                used = divergence(codes, *log_variance)
            codes = used.mean(axis=0).reshape(-1)
        images = np.asarray(self.decoder(self.encode(self.shown)[0]))
        images = np.nan_to_num(images).reshape(-1, 784)
        self.snapshots[epoch] = (
            np.rint(255 * images).astype('uint8'),
            codes.astype('float32'),
        )

    def _save(self):
        """Write all that is recorded."""
        images, codes = zip(*self.snapshots.values())
        file = io.BytesIO()
        np.savez(
            file,
            epochs=list(self.snapshots),
            images=images,
            losses=self.losses,
            labels=self.labels,
            **{self.kind: codes},
        )
        write_atomically(self.path, file.getvalue())
