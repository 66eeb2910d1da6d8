"""The four autoencoders in PyTorch, for benchmarks/speed.py."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy


class Autoencoder(nn.Module):
    """An encoder and a decoder; the loss is the cross-entropy.

    Args:
        encoder, decoder: Lists of PyTorch modules.
    """

    def __init__(self, encoder, decoder):
        """Chain the layers of each."""
        super().__init__()
        self.encoder = nn.Sequential(*encoder)
        self.decoder = nn.Sequential(*decoder)

    def reconstruct(self, x):
        """Return the reconstructions of a batch."""
        return self.decoder(self.encoder(x))

    def loss(self, x):
        """Return the loss of a batch."""
        return binary_cross_entropy(self.reconstruct(x), x)


class Sparse(Autoencoder):
    """Its loss has the L1 norm of the code in it."""

    def loss(self, x):
        """Return the loss of a batch."""
        code = self.encoder(x)
        penalty = 10e-6 * code.abs().sum(1).mean()
        return binary_cross_entropy(self.decoder(code), x) + penalty


class Variational(Autoencoder):
    """Its encoder gives a distribution; its loss has the divergence in it."""

    def __init__(self, encoder, decoder):
        """Add the layers of the mean and the log variance."""
        super().__init__(encoder, decoder)
        self.mean, self.log_variance = nn.Linear(512, 2), nn.Linear(512, 2)

    def reconstruct(self, x):
        """Return the reconstructions of a batch, from the means."""
        return self.decoder(self.mean(self.encoder(x)))

    def loss(self, x):
        """Return the loss of a batch."""
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        divergence = (log_variance.exp() + mean**2 - 1 - log_variance).sum(
            1
        ).mean() / 2
        noise = torch.randn_like(mean)
        code = mean + (log_variance / 2).exp() * noise
        return 784 * binary_cross_entropy(self.decoder(code), x) + divergence


def model(module):
    """Return the model of a module with the assignment's architecture."""
    torch.manual_seed(0)
    if module == '2-convolutional':
        pool = nn.MaxPool2d(2, ceil_mode=True)
        up = nn.Upsample(scale_factor=2)
        return Autoencoder(
            [*_conv(1, 16), pool, *_conv(16, 8), pool, *_conv(8, 8), pool],
            [
                *_conv(8, 8),
                up,
                *_conv(8, 8),
                up,
                *_conv(8, 16, padding=0),
                up,
                nn.Conv2d(16, 1, 3, padding=1),
                nn.Sigmoid(),
            ],
        ).to(memory_format=torch.channels_last)
    if module == '3-variational':
        return Variational(
            _dense(784, 512),
            [*_dense(2, 512), nn.Linear(512, 784), nn.Sigmoid()],
        )
    kind = Sparse if module == '1-sparse' else Autoencoder
    return kind(
        _dense(784, 128, 64, 32),
        [*_dense(32, 64, 128), nn.Linear(128, 784), nn.Sigmoid()],
    )


def _dense(*sizes):
    """Return dense layers with their activations, between these sizes."""
    return [
        layer
        for inputs, outputs in zip(sizes, sizes[1:])
        for layer in (nn.Linear(inputs, outputs), nn.ReLU())
    ]


def _conv(inputs, outputs, padding=1):
    """Return a convolution with its activation."""
    return nn.Conv2d(inputs, outputs, 3, padding=padding), nn.ReLU()


def trainer(module, x, batch_size, compiled=False):
    """Return a function that trains a module's model, and the model.

    Args:
        module: String, the name of the module.
        x: Array `(n, ...)`, the inputs to learn.
        batch_size: Integer.
        compiled: Whether torch.compile compiles the loss.

    Returns:
        A function that trains for an epoch and returns the mean of the
        batches' losses; and an `Autoencoder`.
    """
    auto = model(module)
    x = as_input(x)
    adam = torch.optim.Adam(auto.parameters(), eps=1e-7)  # as Keras has it
    loss_of = torch.compile(auto.loss) if compiled else auto.loss

    def train():
        total = 0
        for rows in torch.randperm(len(x)).split(batch_size):
            adam.zero_grad()
            loss = loss_of(x[rows])
            loss.backward()
            adam.step()
            total += loss.detach() * len(rows)
        return float(total) / len(x)

    return train, auto


def as_input(x):
    """Return an array as what the models take."""
    x = torch.from_numpy(x)
    if x.ndim == 4:  # PyTorch has the channels first, but not in memory
        x = x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    return x
