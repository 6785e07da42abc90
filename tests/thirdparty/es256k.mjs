// @auth0/cose with ES256K (RFC 8812): its verification knows the algorithm by name, only the number
// is missing in its table, which it does not export. Its CommonJS build, since the other does not
// load in Node.js 18.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const ES256K = -47;

const require = createRequire(import.meta.url);
const build = join(dirname(require.resolve('@auth0/cose/package.json')), 'dist', 'node', 'cjs');
require(join(build, 'headers.js')).AlgorithmNames.set(ES256K, 'ES256K');

export const { Sign1 } = require('@auth0/cose');
