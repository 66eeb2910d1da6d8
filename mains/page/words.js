/* The texts that depend on the models. */

const several = columns.length > 1;

/* Return which of several models a label is about. */
function ofModel({model}) {
  return several ? ` of ${model.title}` : '';
}

/* Put the title of one of several models above what is of it. */
function titled({model}, ...children) {
  return make('div', {class: 'of-model'}, ...several
    ? [make('h3', {}, model.title)] : [], ...children);
}

const SOURCES = {encoder: 'from the encoder', hand: 'changed by hand',
                 random: 'random', way: 'between A and B'};

function sourceText({model, source}) {
  return model.variational && source === 'encoder' ? 'sampled by the encoder'
                                                   : SOURCES[source];
}

function leadText() {
  if (several) {
    return `Draw a digit, and see how ${columns.length} models reconstruct `
      + 'it. An encoder turns its 784 pixels into a code. A decoder '
      + 'reconstructs the digit from the code alone. Then change a code: drag '
      + 'its bars, cells or point.';
  }
  const {variational, codeSize} = columns[0].model;
  const values = codeSize === 1 ? 'one value' : `${codeSize} values`;
  return variational
    ? 'Draw a digit. The encoder turns its 784 pixels into a normal '
      + `distribution over codes of ${values}. The decoder reconstructs the `
      + 'digit from one random sample of it, and nothing else.'
    : `Draw a digit. The encoder turns its 784 pixels into a code of `
      + `${values}. The decoder reconstructs the digit from the code alone.`;
}

const INSTEAD = {
  encoder: 'It shows the codes that Keras computed of the test digits, but a '
    + 'drawing has no code here.',
  decoder: 'It shows the reconstructions that Keras computed of the test '
    + 'digits, but other codes have none here.'};

/* Return what the page cannot compute of a network, and what it shows. */
function unknownText({unknown}, name) {
  return unknown ? `This page cannot compute the ${name}, which has ${unknown}. `
    + INSTEAD[name] : '';
}

function codeText({model}) {
  const {variational, codeSize, codeShape, penalty} = model;
  const texts = [];
  if (codeSize === 2) {
    texts.push('The coloured numbers are the '
      + `${variational ? 'means' : 'codes'} of test digits. The faint images `
      + 'behind them are what each position decodes to. Drag the point, or '
      + 'use the arrow keys.');
    if (variational) {
      texts.push('The magnified ellipse is one standard deviation around the '
        + 'mean.');
    }
  } else if (codeShape.length > 1) {
    texts.push(`The code is a small picture: ${codeShape[2]} maps of `
      + `${codeShape[0]}×${codeShape[1]}. Each cell stands for its part of `
      + 'the input. Drag a cell up or down, or use the arrow keys.');
  } else {
    texts.push('Drag a bar, or use the arrow keys, and see what changes. '
      + `The pale bands show ${variational
        ? 'one standard deviation around the mean'
        : 'the range over the test digits'}.`);
  }
  if (variational) {
    texts.push('The code is a random sample: the mean, plus the standard '
      + 'deviation times noise. So nearby codes must decode to similar '
      + 'images.');
  }
  if (penalty) {
    texts.push('The loss had an L1 penalty: the sum of the values times '
      + `${penalty}.`);
  }
  return texts.join(' ');
}

/* Where the random codes come from, and what to expect of them:
   docs/results.md has the counts, for vanilla and variational models. */
function randomText() {
  const normal = 'from N(0, I), the normal distribution that the KL '
    + 'divergence in the loss pulls the codes towards';
  const drawn = several
    ? `Those of a variational model are sampled ${normal}. In the others, `
      + 'each value is taken from another test digit.'
    : columns[0].model.variational ? `These are sampled ${normal}.`
    : 'Nothing in the training says which codes to use; in these, each value '
      + 'is taken from another test digit.';
  return `A generative model makes new digits from random codes. ${drawn} `
    + 'How many look like digits? With two values in a code, a classifier '
    + 'recognizes more of a vanilla model’s than of a variational one’s; with '
    + '32, it is the other way around. Click one to put its code into the '
    + 'model above.';
}

function writeTexts() {
  setText(find('lead'), leadText());
  setText(find('about-random'), randomText());
}
