/* What a page draws, for the tests to read: of each canvas, `shown` has the
   values that it shows as colours, `calls` those on its context since it was
   cleared. */
{
  const draw = drawImage;
  drawImage = (canvas, values, options = {}) => {
    draw(canvas, values, options);
    const {low = 0, high = 1} = options;
    canvas.shown = Array.from(
      values, value => (value - low) / (high - low || 1));
  };

  const {prototype} = CanvasRenderingContext2D;
  for (const name of ['arc', 'beginPath', 'clearRect', 'drawImage', 'ellipse',
                      'fillRect', 'fillText', 'lineTo', 'putImageData',
                      'stroke']) {
    const real = prototype[name];
    prototype[name] = function (...args) {
      if (name === 'clearRect') this.canvas.calls = [];
      (this.canvas.calls ??= []).push({
        name, args, fill: this.fillStyle, stroke: this.strokeStyle,
        dashed: this.getLineDash().length > 0});
      real.apply(this, args);
    };
  }
}
