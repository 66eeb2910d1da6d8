"""Train with settings of TensorFlow and Keras that stay set.

Trains the modules of a folder, each alone there, and prints the losses as
JSON. They start from the weights in the file beside them.
"""

import json
import sys

import numpy as np
import tensorflow as tf

keras = tf.keras
keras.backend.set_floatx('float64')
keras.backend.set_epsilon(1e-6)
tf.config.experimental.enable_op_determinism()
tf.experimental.numpy.experimental_enable_numpy_behavior()
tf.random.normal = lambda shape, dtype: tf.ones(shape, dtype)
folder, arguments = sys.argv[1:]
losses = {}
for module, sizes in json.loads(arguments).items():
    sys.path[0] = f'{folder}/{module}'
    keras.utils.set_random_seed(0)
    _, _, auto = __import__(module).autoencoder(*sizes)
    with np.load(f'{folder}/{module}.npz') as arrays:
        auto.set_weights(
            [arrays[f'arr_{i}'] for i in range(len(auto.weights))]
        )
        x = arrays['x']
    # To compile takes seconds; the others are of Keras' own layers alone.
    auto.run_eagerly = module in ('0-vanilla', '2-convolutional')
    losses[module] = auto.fit(
        x, x, batch_size=25, epochs=2, shuffle=False, verbose=0
    ).history['loss']
    dtypes = {
        auto(x[:1]).dtype.name,
        *(weights.dtype.name for weights in auto.get_weights()),
    }
    assert dtypes == {'float64'}, dtypes
print(json.dumps(losses))
