/* Random codes, which no encoder made. */

/* Return a random code: for a variational model a sample from N(0, I), else
   each value from the code of another test digit. */
function randomCode({model, codes}) {
  return model.variational ? normal(model.codeSize) : Float32Array.from(
    {length: model.codeSize},
    (_, i) => codes[Math.floor(Math.random() * codes.length)][i]);
}

function viewRandom(column) {
  if (column.model.decoder.unknown) return;
  find('random-section').hidden = false;
  let codes = [];
  const gallery = make('div', {
    class: 'thumbnails gallery', role: 'group',
    'aria-label': `Random codes${ofModel(column)}`});
  const buttons = thumbnails(gallery, 12,
                             i => column.setCode(codes[i], 'random'));
  const drawCodes = () => {
    codes = buttons.map(() => randomCode(column));
    buttons.forEach(({button, canvas}, i) => {
      drawImage(canvas, column.model.image(codes[i]));
      button.setAttribute('aria-label',
                          `Use random code ${i + 1}${ofModel(column)}`);
    });
    update(column);
  };
  find('random').addEventListener('click', drawCodes);
  drawCodes();
  column.views.push(() => buttons.forEach(({button}, i) => {
    button.setAttribute('aria-pressed', codes[i] === column.code);
  }));
  find('galleries').append(titled(column, gallery));
}
