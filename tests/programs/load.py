"""Load saved models, first without the modules, as another project would.

For each folder named, it keeps what its models predict and the losses that
its autoencoder trains to. Of models that cannot be loaded without their
module, it prints why not, and loads them with the module. It serves what was
exported.
"""

import sys

import numpy as np
import tensorflow as tf

tf.random.normal = lambda shape, dtype: tf.ones(shape, dtype)


def load(folder):
    """Load the models of a folder, and keep what they do."""
    x = np.load(f'{folder}/x.npy')
    encoder, decoder, auto = (
        tf.keras.models.load_model(f'{folder}/{name}.keras')
        for name in ('encoder', 'decoder', 'autoencoder')
    )
    codes = encoder(x)
    codes = codes[-1] if isinstance(codes, (list, tuple)) else codes
    auto.run_eagerly = True  # compiling would take longer than all steps
    np.savez(
        f'{folder}/loaded.npz',
        codes=codes,
        decoded=decoder(codes),
        losses=auto.fit(
            x, x, batch_size=50, epochs=2, shuffle=False, verbose=0
        ).history['loss'],
    )


modules, *folders = sys.argv[1:]
failed = []
for folder in folders:
    try:
        load(folder)
    except Exception as error:
        print(folder, error)
        failed.append(folder)
for folder in folders[1::2]:
    exported = tf.saved_model.load(f'{folder}/exported')
    x = np.load(f'{folder}/x.npy')
    np.savez(
        f'{folder}/served.npz',
        *(
            output
            for _ in range(2)
            for output in tf.nest.flatten(exported.serve(x))
        ),
    )
sys.path.append(modules)
for folder in failed:
    __import__(folder.split('/')[-1])
    load(folder)
