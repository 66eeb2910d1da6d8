"""An interrupted training: what it takes to go on with it.

Keras' own BackupAndRestore writes its files in place, one after the other:
killed while it does, it leaves what the next start cannot read or trains an
epoch twice. Here, all is in one file that is replaced whole.
"""
import csv
import hashlib
import json
import os
import shutil

import numpy as np

from files import save_whole
from options import refuse


class Backup:
    """The weights, optimizer state and epoch of a training under way.

    Args:
        options: What `parse_options` returned.
        auto: Compiled Keras model.
        *arrays: The arrays that it is trained with.
    """

    def __init__(self, options, auto, *arrays):
        """Remember what is to be saved, and what it must be resumed with."""
        self.auto = auto
        self.epochs = options.epochs
        self.folder = options.output / 'interrupted'
        self.weights = self.folder / 'training.weights.h5'
        self.options = self.folder / 'options.json'
        self.history = options.output / 'history.csv'
        digest = hashlib.sha256()
        for array in arrays:
            digest.update(np.ascontiguousarray(array))
        self.values = {
            '--seed': options.seed, '--batch-size': options.batch_size,
            '--data': f'digits {digest.hexdigest()[:8]}',
            'model': 'of ' + ' + '.join(
                'x'.join(map(str, weight.shape)) for weight in auto.weights)}
        # Workers may not see each other's files, so they could not go on
        # together.
        self.enabled = 'TF_CONFIG' not in os.environ

    def restore(self, steps):
        """Put back the state of the last finished epoch, if there is one.

        Args:
            steps: Integer, the training steps in an epoch.

        Returns:
            The number of finished epochs.
        """
        if not self.enabled or not self.weights.exists():
            self.folder.mkdir(exist_ok=True)
            save_whole(self.options, self._write_options)
            return 0
        self._check_options()
        self.auto.optimizer.build(self.auto.trainable_variables)
        self.auto.load_weights(str(self.weights))
        epoch = int(self.auto.optimizer.iterations) // steps
        if epoch > self.epochs:
            self._refuse(f'{epoch} epochs are done, --epochs is {self.epochs}')
        print(f'Going on after epoch {epoch} of {self.epochs}, which was '
              'interrupted. The digits come in the order they would have '
              'come in; noise that a model draws is other noise.')
        self._trim_history(epoch)
        return epoch

    def save(self, epoch, logs):
        """Save the state after an epoch, unless its losses are not finite."""
        if self.enabled and np.isfinite(list(logs.values())).all():
            save_whole(self.weights, self.auto.save_weights)

    @staticmethod
    def remove(output):
        """Remove what was saved in the folder `output`."""
        # The weights first: without them, the rest means nothing.
        weights = output / 'interrupted' / 'training.weights.h5'
        weights.unlink(missing_ok=True)
        shutil.rmtree(output / 'interrupted', ignore_errors=True)

    def _write_options(self, path):
        """Write the options of this training to a file."""
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(self.values, file, indent=1)

    def _check_options(self):
        """Refuse to go on with other options than those of the start."""
        values = json.loads(self.options.read_text(encoding='utf-8'))
        changes = [f'{name} was {values.get(name)}, now {value}'
                   for name, value in self.values.items()
                   if values.get(name) != value]
        if changes:
            self._refuse('; '.join(changes))

    def _refuse(self, difference):
        """Leave the program with one line on how to go on."""
        refuse(f'an interrupted training had other options: {difference}. '
               'Repeat its options to go on with it, or remove the folder '
               f'{self.folder} to start anew')

    def _trim_history(self, epoch):
        """Remove rows of epochs that are to be done again, and torn rows."""
        if not self.history.exists():
            return
        with open(self.history, newline='', encoding='utf-8') as file:
            header, *rows = list(csv.reader(file)) or [[]]
        rows = [row for row in rows
                if len(row) == len(header) and int(row[0]) < epoch]

        def write(path):
            with open(path, 'w', newline='', encoding='utf-8') as file:
                csv.writer(file).writerows([header, *rows] if header else [])
        save_whole(self.history, write)
