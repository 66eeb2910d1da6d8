#!/usr/bin/env python3
"""Measure how fast the autoencoders train, against other ways to do it."""
import argparse
import contextlib
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'mains')]

from digits import load_digits  # noqa: E402
from pictures import draw_manifold, plt  # noqa: E402
from training import compiled_for_speed, fit, start_tensorflow  # noqa: E402

# The assignment's architectures, and how many digits one round trains on.
MODELS = {
    '0-vanilla': ((784, [128, 64], 32), 30720),
    '1-sparse': ((784, [128, 64], 32, 10e-6), 30720),
    '2-convolutional': (((28, 28, 1), [16, 8, 8], (4, 4, 8)), 7680),
    '3-variational': ((784, [512], 2), 30720),
}
BATCH = 256


def main():
    """Measure what the command line asks for and print it as tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rounds', type=int, default=5,
                        help='rounds of all variants in turn (default: 5)')
    parser.add_argument('--models', nargs='*', default=list(MODELS),
                        help='which modules to measure (default: all)')
    parser.add_argument('--worker', action='store_true',
                        help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        run_worker(options.models[0])
        return
    print(machine())
    for module in options.models:
        measure(module, options.rounds)
    if options.models == list(MODELS):
        print_table('Pictures and start-up, seconds', seconds(), 1)


def machine():
    """Return a line on the processor and the versions."""
    tf = start_tensorflow()
    cpu = platform.processor()
    with contextlib.suppress(OSError):
        lines = Path('/proc/cpuinfo').read_text().splitlines()
        flags = next(line for line in lines if line.startswith('flags'))
        cpu = next(line for line in lines if 'model name' in line
                   ).split(': ')[1]
        cpu += ''.join(f', {flag}' for flag in ('avx2', 'avx512_vnni')
                       if flag in flags)
    return (f'{os.cpu_count()} x {cpu}; Python {platform.python_version()}, '
            f'TensorFlow {tf.__version__}, '
            f'Keras {getattr(tf.keras, "__version__", "2.15")}')


def measure(module, rounds):
    """Time all ways to train a module in turn, and print the medians."""
    x = inputs(module)
    steps = -(-len(x) // BATCH)
    with contextlib.ExitStack() as stack:
        variants = {
            'plain Keras, oneDNN off': other_process(module, stack),
            'plain Keras': plain_keras(module, x),
            'the module, fit on arrays': arrays(module, x),
            'the mains': mains_path(module, x, stack),
            'PyTorch, eager': pytorch(module, x),
            'limit: an epoch in one XLA program': whole_epoch(module, x),
        }
        variants = {name: run for name, run in variants.items() if run}
        for run in variants.values():
            run()
        times = {name: [] for name in variants}
        for _ in range(rounds):
            for name, run in variants.items():
                times[name].append(run() / steps * 1e3)
    print_table(f'{module}, {rounds} rounds of {steps} steps, milliseconds '
                'per step', times, 'plain Keras')


def print_table(title, times, base):
    """Print the medians and minima of times and their ratios."""
    print(f'\n{title}\n\n|  | median | least | ratio |\n|---|---|---|---|')
    base = statistics.median(times.get(base) or next(iter(times.values())))
    for name, values in times.items():
        median = statistics.median(values)
        print(f'| {name} | {median:.2f} | {min(values):.2f} '
              f'| {base / median:.2f} |', flush=True)


def inputs(module):
    """Return real digits, repeated as often as it takes."""
    arguments, n = MODELS[module]
    shape = tuple(np.atleast_1d(arguments[0]))
    (x, _), _ = load_digits(shape=shape)
    return np.resize(x, (n, *shape))


def build(module):
    """Return the three models of a module."""
    start_tensorflow().keras.utils.set_random_seed(0)
    return __import__(module).autoencoder(*MODELS[module][0])


def plain_keras(module, x):
    """Return a function that times an epoch of the same layers."""
    keras = start_tensorflow().keras
    encoder, decoder, auto = build(module)
    y = inputs_ = keras.Input(x.shape[1:])
    for layer in encoder.layers[1:]:
        layer = type(layer).from_config(layer.get_config())
        if layer.name == 'mean':
            mean = layer(y)
        elif layer.name == 'log_variance':
            y = [mean, layer(y)]
        elif type(layer) is not keras.layers.Activation:
            y = layer(y)
    for layer in decoder.layers[1:]:
        y = type(layer).from_config(layer.get_config())(y)
    model = keras.Model(inputs_, y)
    model.compile('adam', auto.loss,
                  loss_weights=auto.get_compile_config()['loss_weights'])
    return lambda: second_epoch(lambda **options: model.fit(
        x, x, batch_size=BATCH, epochs=2, **options))


def second_epoch(run_fit):
    """Return the seconds of the second epoch: the first one sets up."""
    times = []
    clock = start_tensorflow().keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: times.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter()))
    run_fit(callbacks=[clock], verbose=0)
    return times[3] - times[2]


def arrays(module, x):
    """Return a function that times an epoch of the module, on arrays."""
    auto = build(module)[2]
    return lambda: second_epoch(lambda **options: auto.fit(
        x, x, batch_size=BATCH, epochs=2, **options))


def mains_path(module, x, stack):
    """Return a function that times an epoch the way the mains train."""
    auto = build(module)[2]
    stack.enter_context(compiled_for_speed(auto, x, x, BATCH))
    return lambda: second_epoch(lambda **options: fit(
        auto, x, None, BATCH, 0, range(2), **options))


def other_process(module, stack):
    """Return a function that times `plain_keras` without oneDNN.

    That is how TensorFlow starts on a CPU without AVX512-VNNI.
    """
    process = stack.enter_context(subprocess.Popen(
        [sys.executable, __file__, '--worker', '--models', module], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, 'TF_ENABLE_ONEDNN_OPTS': '0'}))
    stack.callback(process.stdin.close)

    def run():
        process.stdin.write('\n')
        process.stdin.flush()
        while True:
            line = process.stdout.readline()
            if line.startswith('seconds '):
                return float(line.split()[1])
    return run


def run_worker(module):
    """Train for an epoch for each line of standard input."""
    run = plain_keras(module, inputs(module))
    for _ in sys.stdin:
        print('seconds', run(), flush=True)


def whole_epoch(module, x):
    """Return a function that times an epoch as one XLA program, or None."""
    if module == '2-convolutional':
        return None  # XLA is slow in the gradient of max pooling
    tf = start_tensorflow()
    auto = build(module)[2]
    weight = (auto.get_compile_config()['loss_weights'] or [1])[0]
    auto.optimizer.build(auto.trainable_variables)
    x = tf.constant(x)
    steps = len(x) // BATCH

    @tf.function(jit_compile=True)
    def epoch(order):
        for step in tf.range(steps):
            batch = tf.gather(x, order[step])
            with tf.GradientTape() as tape:
                loss = weight * tf.reduce_mean(
                    tf.keras.losses.binary_crossentropy(
                        batch, auto(batch, training=True)))
                loss += sum(auto.losses)
            weights = auto.trainable_variables
            auto.optimizer.apply_gradients(
                zip(tape.gradient(loss, weights), weights))
        return loss
    shuffle = np.random.default_rng(0).permutation

    return lambda: timed(lambda: epoch(tf.constant(shuffle(len(x))[
        :steps * BATCH].reshape(steps, BATCH).astype('int32'))).numpy(), 1)[0]


def pytorch(module, x):
    """Return a function that times an epoch of PyTorch, or None."""
    try:
        import torch
    except ImportError:
        return None
    torch.manual_seed(0)
    model, penalty = torch_model(torch, module)
    weight = 784 if module == '3-variational' else 1
    x = torch.from_numpy(x)
    if x.ndim == 4:
        x = x.permute(0, 3, 1, 2).contiguous(
            memory_format=torch.channels_last)
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), eps=1e-7)
    cross_entropy = torch.nn.functional.binary_cross_entropy

    def run():
        for rows in torch.randperm(len(x)).split(BATCH):
            batch = x[rows]
            optimizer.zero_grad()
            loss = weight * cross_entropy(model(batch), batch) + penalty()
            loss.backward()
            optimizer.step()
    return lambda: timed(run, 1)[0]


def torch_model(torch, module):
    """Return a PyTorch model and a function: what it adds to the loss."""
    nn = torch.nn
    kept = {}

    class Latent(nn.Module):
        """Keep the L1 norm of the codes, for the loss."""

        def forward(self, z):
            """Return the codes."""
            kept['penalty'] = 10e-6 * z.abs().sum(1).mean()
            return z

    class Sampling(nn.Module):
        """Draw codes and keep the divergence, for the loss."""

        def __init__(self):
            """Make the layers of the mean and the log variance."""
            super().__init__()
            self.mean, self.log_variance = nn.Linear(512, 2), nn.Linear(512, 2)

        def forward(self, h):
            """Return codes."""
            mean, log_variance = self.mean(h), self.log_variance(h)
            kept['penalty'] = (mean ** 2 + log_variance.exp() - 1
                               - log_variance).sum(1).mean() / 2
            noise = torch.randn_like(mean)
            return mean + (log_variance / 2).exp() * noise

    def dense(*sizes, last=nn.ReLU):
        layers = []
        for i, o in zip(sizes, sizes[1:]):
            layers += [nn.Linear(i, o), nn.ReLU()]
        return [*layers[:-1], last()]

    def conv(i, o, *more, padding=1):
        return [nn.Conv2d(i, o, 3, padding=padding), nn.ReLU(), *more]

    up, pool = nn.Upsample(scale_factor=2), nn.MaxPool2d(2, ceil_mode=True)
    layers = {
        '0-vanilla': lambda: [
            *dense(784, 128, 64, 32), *dense(32, 64, 128, 784,
                                             last=nn.Sigmoid)],
        '1-sparse': lambda: [
            *dense(784, 128, 64, 32), Latent(),
            *dense(32, 64, 128, 784, last=nn.Sigmoid)],
        '2-convolutional': lambda: [
            *conv(1, 16, pool), *conv(16, 8, pool), *conv(8, 8, pool),
            *conv(8, 8, up), *conv(8, 8, up), *conv(8, 16, up, padding=0),
            nn.Conv2d(16, 1, 3, padding=1), nn.Sigmoid()],
        '3-variational': lambda: [
            *dense(784, 512), Sampling(),
            *dense(2, 512, 784, last=nn.Sigmoid)],
    }[module]()
    return nn.Sequential(*layers), lambda: kept.get('penalty', 0)


def seconds():
    """Return the seconds that drawing and starting up take, by what."""
    images = np.zeros((625, 784))
    folder = ROOT / 'results' / 'speed'
    folder.mkdir(parents=True, exist_ok=True)
    code = '-c', 'import tensorflow as tf; tf.keras.layers'
    module = '-c', '__import__("0-vanilla")'
    main_0 = ROOT / 'mains' / '0-main.py'
    return {
        "manifold as the assignment's 625 subplots": timed(
            lambda: draw_subplots(images, folder / 'subplots.png'), 1),
        'manifold as one tiled image': timed(
            lambda: draw_manifold(images, folder)),
        "import of TensorFlow's Keras": timed(lambda: python(*code)),
        'import of a module': timed(lambda: python(*module)),
        '0-main.py --help': timed(lambda: python(main_0, '--help')),
        '0-main.py --data missing.npz': timed(
            lambda: python(main_0, '--data', 'missing.npz')),
    }


def draw_subplots(images, path):
    """Draw the manifold as the assignment's script does."""
    plt.figure()
    for i, image in enumerate(images):
        axis = plt.subplot(25, 25, i + 1)
        axis.axis('off')
        plt.imshow(image.reshape(28, 28))
    plt.savefig(path)


def python(*args):
    """Run Python in a fresh process."""
    subprocess.run([sys.executable, *map(str, args)], capture_output=True,
                   env={**os.environ, 'PYTHONPATH': str(ROOT)})


def timed(run, times=3):
    """Return the seconds that some runs take."""
    values = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        values.append(time.perf_counter() - start)
    return values


if __name__ == '__main__':
    main()
