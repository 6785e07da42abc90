// The portal's flows in a browser, against two real nodes over TLS: run.mjs BUILD_FOLDER [FLOW…].
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, SECRETS, shooter } from './browser.mjs';
import { eventually, PATIENCE, Site, within } from './site.mjs';

const here = new URL('.', import.meta.url);
const [build, ...wanted] = process.argv.slice(2);
const program = join(build, 'reelproof');
const folder = mkdtempSync(join(tmpdir(), 'reelproof-portal-'));
const names = readdirSync(new URL('flows/', here)).sort().map((file) => file.replace('.mjs', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/^\d+-/, '')));

let failed = 0;
let browser;
const sites = [];
try {
  const maker = await Site.make(program, join(folder, 'maker'), 'maker.example');
  const ems = await Site.make(program, join(folder, 'ems'), 'ems.example', join(folder, 'maker', 'network.salt'));
  sites.push(maker, ems);
  maker.partner(ems);
  ems.partner(maker);
  for (const site of sites) site.maker_of('maker.example', ['NL*'], ['Nordlicht']);
  await maker.start();
  await ems.start();
  browser = await launch();
  // What flows share: the world, and who was set up by an earlier one.
  const world = { maker, ems, sites, browser, folder, program, eventually, assert, shoot: shooter(join(build, 'portal-screenshots')) };
  for (const name of names) {
    const begun = Date.now();
    const people = [];
    world.person = (made) => {
      people.push(made);
      return made;
    };
    try {
      const { default: flow } = await import(new URL(`flows/${name}.mjs`, here));
      await within(name, flow(world), 15 * PATIENCE);
      for (const person of people) {
        assert.deepEqual(person.wrongs, [], `${name}: the page complains`);
        // The browser itself never sends what is behind the # of a set-up link.
        const asked = person.requests.map((url) => decodeURIComponent(url.split('#')[0])).join('\n');
        for (const secret of [...SECRETS, ...sites.flatMap((site) => site.secrets)])
          assert.ok(!asked.includes(secret), `${name}: a secret is in an address`);
      }
      console.log(`ok ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}: ${error.stack}`);
      for (const [which, person] of people.entries()) {
        console.log(`  complaints: ${JSON.stringify(person.wrongs)}`);
        await person.page.screenshot({ path: join(build, 'portal-screenshots', `failed-${name}-${which + 1}.png`) }).catch(() => undefined);
      }
    }
    for (const person of people) await person.close().catch(() => undefined);
  }
} finally {
  await browser?.close();
  for (const site of sites) await site.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? `${names.length} flows passed` : `${failed} of ${names.length} flows failed`);
process.exit(failed === 0 ? 0 : 1);
