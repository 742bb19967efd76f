import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { ensureVsix } from '../support/build.mjs';

const MOST_BYTES = 300 * 1024;

/** vsce adds the first two; readme, changelog and license are renamed by it. */
const FILES = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package\.json$/,
  /^extension\/package\.nls\.json$/,
  /^extension\/package\.nls\.zh-cn\.json$/,
  /^extension\/l10n\/bundle\.l10n\.zh-cn\.json$/,
  /^extension\/readme\.md$/,
  /^extension\/changelog\.md$/,
  /^extension\/LICENSE\.txt$/,
  /^extension\/dist\/extension\.js$/,
  /^extension\/dist\/probe\.js$/,
  /^extension\/dist\/media\/panel\.js$/,
  /^extension\/dist\/media\/panelStyle\.css$/,
  /^extension\/media\/icon\.png$/,
  // The one that the README shows.
  /^extension\/media\/pictures\/panel\.png$/,
  // Those of the walkthrough.
  ...['attach', 'ring', 'leak', 'detach'].flatMap((step) =>
    ['', '\\.zh-cn'].map((language) => new RegExp(`^extension/media/walkthrough/${step}${language}\\.svg$`)),
  ),
];
const MAY = [...FILES, /^extension\/media\/\w+\.svg$/];

/** Names in the central directory of a ZIP file. */
function namesInZip(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const length = zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

describe('The VSIX', () => {
  let names: string[];

  before(async function () {
    this.timeout(60_000);
    names = namesInZip(readFileSync(await ensureVsix()));
  });

  it('is below 300 KB', async () => {
    const { size } = statSync(await ensureVsix());
    console.log(`      ${Math.round(size / 1024)} KB`);
    assert.ok(size < MOST_BYTES, `${size} bytes`);
  });

  it('holds all that it needs', () => {
    for (const file of FILES)
      assert.ok(
        names.some((name) => file.test(name)),
        `${String(file)} is missing`,
      );
  });

  it('holds nothing else', () => {
    assert.deepEqual(
      names.filter((name) => !MAY.some((file) => file.test(name))),
      [],
    );
  });
});
