// All third-party tests: run.mjs BUILD_FOLDER [--slow] [--seed NUMBER]. Lists what failed and ends
// with 1.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { check_conformance } from './conformance.mjs';
import { check_node } from './node.mjs';
import { Random, seed_of } from './random.mjs';
import { Report } from './report.mjs';
import { fuzz } from './fuzz.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { slow: { type: 'boolean', default: false }, seed: { type: 'string' } },
});
if (positionals.length !== 1) {
  console.error('usage: run.mjs BUILD_FOLDER [--slow] [--seed NUMBER]');
  process.exit(2);
}
// Through the exit handlers, which end the nodes.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
const build = resolve(positionals[0]);
const seed = seed_of(values);
console.log(`seed ${seed}`);
const report = new Report();
await check_conformance(build, report);
await fuzz(build, report, new Random(seed), values.slow);
await check_node(build, report, new Random(seed), values.slow);
process.exitCode = report.finish() ? 0 : 1;
