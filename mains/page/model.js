/* The arithmetic of a model: what its encoder and its decoder compute, layer
   by layer, on plain arrays. Nothing here knows of the page. */

const ACTIVATIONS = {
  linear: x => x,
  relu: x => Math.max(x, 0),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

/* Each type of layer is a function from arrays to an array, flattened as
   NumPy does. `layer.from` is the shape of its input. */
const LAYERS = {
  InputLayer: (layer, [x]) => x,

  Dense(layer, [x]) {
    const nodes = layer.shape[0], sum = layer.bias.slice();
    for (let i = 0; i < x.length; i++) {
      const value = x[i];
      if (value === 0) continue;  // many pixels are
      for (let n = 0, k = i * nodes; n < nodes; n++, k++) {
        sum[n] += value * layer.kernel[k];
      }
    }
    return sum.map(ACTIVATIONS[layer.activation]);
  },

  Conv2D(layer, [x]) {
    const channels = layer.from[2], filters = layer.shape[2];
    const sum = new Float32Array(size(layer.shape)).map(
      (_, i) => layer.bias[i % filters]);
    slide(layer, layer.kernel_size, (to, from, place) => {
      for (let c = 0; c < channels; c++) {
        const value = x[from * channels + c];
        if (value === 0) continue;
        const k = (place * channels + c) * filters;
        for (let f = 0; f < filters; f++) {
          sum[to * filters + f] += value * layer.kernel[k + f];
        }
      }
    });
    return sum.map(ACTIVATIONS[layer.activation]);
  },

  MaxPooling2D(layer, [x]) {
    const channels = layer.shape[2];
    const most = new Float32Array(size(layer.shape)).fill(-Infinity);
    slide(layer, layer.pool_size, (to, from) => {
      for (let c = 0; c < channels; c++) {
        const i = to * channels + c;
        most[i] = Math.max(most[i], x[from * channels + c]);
      }
    });
    return most;
  },

  UpSampling2D(layer, [x]) {
    const [, width, channels] = layer.from, columns = layer.shape[1];
    const [down, right] = layer.size;
    return new Float32Array(size(layer.shape)).map((_, i) => {
      const c = i % channels, at = Math.floor(i / channels);
      const row = Math.floor(Math.floor(at / columns) / down);
      const column = Math.floor(at % columns / right);
      return x[(row * width + column) * channels + c];
    });
  },

  Activation: (layer, [x]) => x.map(ACTIVATIONS[layer.activation]),

  ReLU: (layer, [x]) => x.map(ACTIVATIONS[layer.activation]),

  Flatten: (layer, [x]) => x,

  Reshape: (layer, [x]) => x,

  // After training, these two do nothing.
  Dropout: (layer, [x]) => x,

  ActivityRegularization: (layer, [x]) => x,

  /* What Keras has computed for the test digits, in place of layers that are
     not in this table. For anything else it is not known. */
  Values(layer, inputs, noise, digit) {
    const count = size(layer.shape);
    return digit === undefined ? new Float32Array(count).fill(NaN)
      : layer.values.subarray(digit * count, (digit + 1) * count);
  },

  SamplingWithKL: (layer, [mean, logVariance], noise) => mean.map(
    (m, i) => m + Math.exp(logVariance[i] / 2) * noise[i]),
};

/* Slide a window over an image: call `visit` with each place of the output,
   each place of the input that is below the window there, and where in the
   window that is. */
function slide(layer, [high, wide], visit) {
  const [height, width] = layer.from, [rows, columns] = layer.shape;
  const [down, right] = layer.strides;
  // How far the first window reaches beyond the image.
  const margin = (inside, outside, stride, window) => layer.padding === 'same'
    ? Math.max((outside - 1) * stride + window - inside, 0) >> 1 : 0;
  const top = margin(height, rows, down, high);
  const left = margin(width, columns, right, wide);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < high; i++) {
        const y = row * down + i - top;
        if (y < 0 || y >= height) continue;
        for (let j = 0; j < wide; j++) {
          const x = column * right + j - left;
          if (x < 0 || x >= width) continue;
          visit(row * columns + column, y * width + x, i * wide + j);
        }
      }
    }
  }
}

/* Return the values of all layers of an encoder or a decoder. `digit` is the
   number of the test digit that the input is of, if it is of one. */
function forward(network, input, {noise, digit} = {}) {
  const values = [];
  for (const layer of network.layers) {
    const inputs = layer.inputs.map(place => values[place]);
    values.push(LAYERS[layer.type](
      layer, inputs.length ? inputs : [input], noise, digit));
  }
  return values;
}

/* Make a model of its description: its networks with the weights as numbers,
   and the functions that one calls by hand. */
function makeModel({title, encoder, decoder, penalty, unfolding}) {
  for (const network of [encoder, decoder]) {
    for (const layer of network.layers) {
      layer.from = network.layers[layer.inputs[0]]?.shape;
      if (layer.values) layer.values = numbers(layer.values);
      if (!layer.kernel) continue;
      layer.kernel = numbers(layer.kernel);
      layer.bias = new Float32Array(bytes(layer.bias).buffer);
    }
  }
  const variational = encoder.outputs.length === 3;
  const codeShape = decoder.layers[0].shape, codeSize = size(codeShape);

  const outputs = (network, input, what) => {
    const expected = size(network.layers[0].shape);
    if (input?.length !== expected) {
      throw new RangeError(`expected ${expected} ${what}, in a Float32Array. `
        + `Received: ${input?.length ?? input}`);
    }
    if (network.unknown) {
      throw new Error(`This page cannot compute ${network.unknown}.`);
    }
    const values = forward(network, Float32Array.from(input),
                           {noise: normal(codeSize)});
    return network.outputs.map(place => values[place]);
  };
  const encode = pixels => {
    const [latent, mean, logVariance] = outputs(encoder, pixels, 'pixels');
    return variational ? {latent, mean, logVariance} : latent;
  };
  const decode = code => outputs(decoder, code, 'values of a code')[0];
  const reconstruct = pixels => {
    const code = encode(pixels);
    return decode(variational ? code.latent : code);
  };
  // The code without its noise; a test digit comes with its number.
  const locate = (pixels, digit) => forward(
    encoder, pixels, {noise: normal(codeSize), digit})[
    encoder.outputs[variational ? 1 : 0]];
  const image = code => forward(decoder, code)[decoder.outputs[0]];
  return {title, encoder, decoder, penalty, unfolding, variational, codeShape,
          codeSize, encode, decode, reconstruct, locate, image};
}

/* Return the least and the greatest of some values. As arguments of Math.min,
   a hundred thousand values are more than some browsers take. */
function extremes(values) {
  let least = Infinity, most = -Infinity;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}

function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

function bytes(base64) {
  const text = atob(base64), array = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) array[i] = text.charCodeAt(i);
  return array;
}

/* Return the numbers that were stored as integers, with a scale for each
   place of the last axis. */
function numbers({bits, integers, scale}) {
  const Integers = {8: Int8Array, 16: Int16Array, 32: Int32Array}[bits];
  const factors = new Float32Array(bytes(scale).buffer);
  return Float32Array.from(
    new Integers(bytes(integers).buffer),
    (integer, i) => integer * factors[i % factors.length]);
}

/* Return n draws of N(0, 1), by the method of Box and Muller. */
function normal(n) {
  return Float32Array.from({length: n}, () =>
    Math.sqrt(-2 * Math.log(1 - Math.random()))
    * Math.cos(2 * Math.PI * Math.random()));
}

const average = values => values.reduce((a, b) => a + b, 0) / values.length;

/* Return the cross-entropy of pixels and their reconstruction, per pixel. */
function crossEntropy(pixels, reconstruction) {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) {
    const x = pixels[i];
    const p = Math.min(Math.max(reconstruction[i], 1e-7), 1 - 1e-7);
    sum -= x * Math.log(p) + (1 - x) * Math.log(1 - p);
  }
  return sum / pixels.length;
}
