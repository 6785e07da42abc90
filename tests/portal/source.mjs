// Parts of the portal as modules that Node.js can load, by the portal's own esbuild.
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

globalThis.crypto ??= webcrypto;  // Node.js 18 has it by this name only

export const source = new URL('../../api/web/', import.meta.url);

export async function load(folder, file) {
  const { buildSync } = createRequire(new URL('package.json', source))('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [new URL(`src/${file}`, source).pathname], bundle: true, format: 'esm', write: false,
  });
  const target = join(folder, `${file.replaceAll('/', '-')}.mjs`);
  writeFileSync(target, outputFiles[0].text);
  return import(pathToFileURL(target));
}
