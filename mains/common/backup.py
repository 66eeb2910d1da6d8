"""What it takes to go on with a training that was interrupted.

Keras' own BackupAndRestore writes its files in place, one after the other:
killed while it does, it leaves what the next start cannot read or trains an
epoch twice. Here all is in one file that is replaced whole.
"""
import csv
import io
import json
import os
import zlib

import numpy as np

from common.ending import refuse
from common.files import save_whole


class Backup:
    """The state of a training after each epoch, in two files.

    `interrupted.npz` holds all that it takes to go on, on any Keras.
    `history.csv` has the losses of each epoch, for people.

    Args:
        auto: Compiled Keras model, built.
        x_train, x_test: Arrays that it is trained and tested with.
        options: What `parse_options` returned.
    """

    def __init__(self, auto, x_train, x_test, options):
        """Remember what is to be saved, and what it was started with."""
        import tensorflow as tf
        self.auto = auto
        self.rows = []
        self.epochs = options.epochs
        self.path = options.output / 'interrupted.npz'
        self.history = options.output / 'history.csv'
        checksum = zlib.crc32(x_test, zlib.crc32(x_train))
        self.start = {
            '--seed': options.seed, '--batch-size': options.batch_size,
            '--data': f'{len(x_train):,} digits to train on (checksum '
                      f'{checksum:08x})',
            'keras': getattr(tf.keras, '__version__', tf.__version__),
            'shapes': [list(weight.shape) for weight in auto.weights],
            'model': auto.to_json()}
        self.data_is_given = options.data is not None

    def restore(self):
        """Put back the state after the last finished epoch, if there is one.

        Returns:
            The number of finished epochs.

        Raises:
            SystemExit: With status 2 and one line, if what was interrupted
                was started in another way, or cannot be read.
        """
        if not self.path.exists():
            return 0
        if 'TF_CONFIG' in os.environ:
            # Other workers may not see this file.
            self._refuse('several workers cannot go on with it')
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = dict(file)
            start, rows = json.loads(arrays['start_and_rows'].item())
        except Exception as error:  # whatever zip, zlib and NumPy think of it
            self._refuse(f'it cannot be read ({error})')
        self._check(start)
        if len(rows) > self.epochs:
            self._refuse(f'{len(rows)} epochs are done, --epochs is '
                         f'{self.epochs}')
        self.auto.optimizer.build(self.auto.trainable_variables)
        for name, variable in self._variables().items():
            variable.assign(arrays[name])
        self.rows = rows
        self._write_history()
        print(f'Going on after epoch {len(rows)} of {self.epochs}, which was '
              'interrupted. The digits come in the order they would have '
              'come in; noise that a model draws is other noise.')
        return len(rows)

    def save(self, epoch, logs):
        """Save the state after an epoch, or stop if a loss is not finite."""
        if not np.isfinite(list(logs.values())).all():
            self.auto.stop_training = True
            return
        self.rows.append({'epoch': epoch, **logs})
        if 'TF_CONFIG' not in os.environ:
            file = io.BytesIO()
            np.savez(file,
                     start_and_rows=json.dumps(
                         [self.start, self.rows]).encode(),
                     **{name: variable.numpy() for name, variable
                        in self._variables().items()})
            save_whole(self.path, file.getvalue())
        self._write_history()

    def remove(self):
        """Remove what was saved to go on with: the training is complete."""
        self.path.unlink(missing_ok=True)

    def kept(self):
        """Return a sentence on what is kept, and on how to start anew."""
        if not self.rows:
            return 'Nothing was saved'
        return (f'The state after epoch {len(self.rows)} is kept, and the '
                'same command goes on from there; to start anew, say with '
                f'another --batch-size, remove {self.path}')

    def _variables(self):
        """Return the variables of the model and of Adam, by name."""
        optimizer = self.auto.optimizer
        # No public name has these on every Keras: their variables are called
        # otherwise by each, and by Keras 2 otherwise inside of `fit`.
        kinds = {'weight': self.auto.weights,
                 'momentum': optimizer._momentums,
                 'velocity': optimizer._velocities}
        return {'iterations': optimizer.iterations,
                **{f'{kind}_{i}': variable
                   for kind, variables in kinds.items()
                   for i, variable in enumerate(variables)}}

    def _check(self, start):
        """Refuse to go on with another model, other options or digits."""
        changes = [f'{name} was {start[name]}, now {self.start[name]}'
                   for name in ('--seed', '--batch-size', '--data')
                   if start[name] != self.start[name]]
        if changes and '--data' in changes[-1] and not self.data_is_given:
            changes[-1] += (' (without --data, these depend on whether MNIST '
                            'is within reach)')
        if start['keras'] != self.start['keras']:
            # The text of the same model differs between versions.
            print(f'It was started with Keras {start["keras"]}; this is '
                  f'{self.start["keras"]}.')
            same = start['shapes'] == self.start['shapes']
        else:
            same = start['model'] == self.start['model']
        if not same:
            changes.append('the model is another one now')
        if changes:
            self._refuse('; '.join(changes))

    def _write_history(self):
        """Write the losses of all epochs so far."""
        file = io.StringIO(newline='')
        writer = csv.DictWriter(file, self.rows[0])
        writer.writeheader()
        writer.writerows(self.rows)
        save_whole(self.history, file.getvalue().encode())

    def _refuse(self, why):
        """Leave the program with one line on how to go on."""
        refuse(f'{self.path} holds an interrupted training, but {why}. Start '
               'it as it was to go on with it. To start anew, remove that '
               'file or name another folder with --output')
