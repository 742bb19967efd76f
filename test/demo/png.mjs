// Makes a PNG of a screen small: a palette of few colours, packed as hard as it goes.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function chunks(file) {
  const found = [];
  for (let at = SIGNATURE.length; at < file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    found.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return found;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Predictor of the PNG filter "Paeth". */
function paeth(left, up, corner) {
  const sum = left + up - corner;
  const [a, b, c] = [Math.abs(sum - left), Math.abs(sum - up), Math.abs(sum - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Colour of each pixel as 0xrrggbb. */
function decode(file) {
  const all = chunks(file);
  const header = all.find(({ type }) => type === 'IHDR').data;
  const [width, height, depth, kind, interlace] = [
    header.readUInt32BE(0),
    header.readUInt32BE(4),
    header[8],
    header[9],
    header[12],
  ];
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlace)
    throw new Error('Only plain RGB pictures are understood.');
  const step = kind === 2 ? 3 : 4;
  const stride = width * step;
  const raw = inflateSync(Buffer.concat(all.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = new Uint8Array(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let x = 0; x < stride; x++) {
      const left = x < step ? 0 : line[x - step];
      const corner = x < step ? 0 : above[x - step];
      const guess = [0, left, above[x], (left + above[x]) >> 1, paeth(left, above[x], corner)][filter];
      line[x] = line[x] + guess;
    }
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = (line[x * step] << 16) | (line[x * step + 1] << 8) | line[x * step + 2];
    }
    above = line;
  }
  return { width, height, pixels };
}

function cut({ width: whole, pixels: all }, { x, y, width, height }) {
  const pixels = new Uint32Array(width * height);
  for (let line = 0; line < height; line++) {
    const from = (y + line) * whole + x;
    pixels.set(all.subarray(from, from + width), line * width);
  }
  return { width, height, pixels };
}

function distance(a, b) {
  const [red, green, blue] = [(a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255)];
  return red * red * 2 + green * green * 4 + blue * blue;
}

function nearest(palette, colour) {
  let best = 0;
  for (let i = 1; i < palette.length; i++) {
    if (distance(colour, palette[i]) < distance(colour, palette[best])) best = i;
  }
  return best;
}

/** The most frequent colours, none close to another, so that a rare one that stands alone is kept, too. */
function choose(colours, most) {
  for (let least = 1; ; least *= 2) {
    const palette = [];
    for (const colour of colours) {
      if (palette.length > most) break;
      if (palette.length === 0 || distance(colour, palette[nearest(palette, colour)]) >= least) palette.push(colour);
    }
    if (palette.length <= most) return palette;
  }
}

/** The same picture, or a part of it, with at most so many colours, 256 or fewer. */
export function shrink(file, { colours: most = 256, clip } = {}) {
  const { width, height, pixels } = clip ? cut(decode(file), clip) : decode(file);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const palette = choose(colours, most);
  const indexes = new Map(colours.map((colour) => [colour, nearest(palette, colour)]));
  const raw = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) raw[y * (width + 1) + 1 + x] = indexes.get(pixels[y * width + x]);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(raw, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
