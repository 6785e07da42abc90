// Packs what Vite built into one file for the program: node pack.mjs FOLDER writes FOLDER/portal.pack, in the form that
// api/routes/portal.cc reads: a head, a line for each file, an empty line, the files; gzip where that is smaller.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

function files_in(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files_in(join(folder, entry.name)) : [join(folder, entry.name)]);
}

const folder = process.argv[2];
const target = join(folder, 'portal.pack');
let list = 'reelproof-portal 1\n';
const parts = [];
for (const file of files_in(folder).sort()) {
  if (file === target) continue;
  const name = relative(folder, file);
  const type = TYPES[extname(file)];
  if (!type) throw new Error(`${name}: pack.mjs knows no media type for it`);
  const plain = readFileSync(file);
  const packed = gzipSync(plain, { level: 9 });
  const gains = packed.length < plain.length;
  list += `${name}\t${type}\t${plain.length}\t${gains ? packed.length : 0}\n`;
  parts.push(gains ? packed : plain);
}
writeFileSync(target, Buffer.concat([Buffer.from(list + '\n'), ...parts]));
