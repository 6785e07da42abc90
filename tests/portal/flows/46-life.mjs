// A project's life between an OEM, two EMS and a sub-tier of the first, all of it in the browser: from on-boarding to the exit of
// one while the other works on.
import { join } from 'node:path';
import { Person } from '../browser.mjs';
import { bom } from '../life/bom.mjs';
import { change } from '../life/change.mjs';
import { hands } from '../life/hands.mjs';
import { incident } from '../life/incident.mjs';
import { leaving, the_other_works_on } from '../life/leaving.mjs';
import { production } from '../life/production.mjs';
import { reviews } from '../life/reviews.mjs';
import { knows_nothing_of_the_first, second } from '../life/second.mjs';
import { sharing } from '../life/sharing.mjs';
import { tiers } from '../life/tiers.mjs';
import { Site } from '../site.mjs';

// Boards of a job that parts of that reel are placed on.
function build(site, reel, job, serials) {
  return serials.map((serial) => {
    const [board] = site.issue(1, { mpn: undefined, lot: undefined, quantity: undefined, 'customer-pn': 'GW-B1', serial, commission: false });
    site.run(['consume', '--quantity', '1', '--work-order', job, '--board', site.file_of(board), site.file_of(reel)]);
    return board;
  });
}

export default async function life_of_a_project(world) {
  const { program, folder, browser, person } = world;
  const made = (name, org) => Site.make(program, join(folder, name), org, join(folder, 'maker', 'network.salt'));
  const oem = await made('oem', 'kestrel-oem.example');
  // Its name is nowhere on the second's pages.
  const ems = await made('life-ems', 'lumen-ems.example');
  const ems2 = await made('life-ems2', 'borealis-ems.example');
  const sub = await made('life-sub', 'calder-coating.example');
  world.sites.push(oem, ems, ems2, sub);
  for (const [one, other] of [[oem, ems], [oem, ems2], [ems, sub]]) {
    one.partner(other);
    other.partner(one);
  }
  for (const site of [ems, ems2]) site.maker_of(site.org, ['NL*'], ['Nordlicht']);
  oem.maker_of(ems.org, ['NL*'], ['Nordlicht']);
  await Promise.all([oem, ems, ems2, sub].map((site) => site.start()));
  const arrives = async (site, user, name, ...roles) => {
    const one = person(await Person.open(browser, site));
    await one.set_up(site.invite(user, name, ...roles));
    return one;
  };
  const ona = await arrives(oem, 'ona', 'Ona', 'quality');
  const eva = await arrives(ems, 'eva', 'Eva', 'quality', 'line');
  const sven = await arrives(sub, 'sven', 'Sven', 'quality');
  const mira = await arrives(ems2, 'mira', 'Mira', 'quality', 'line');
  // All that its node answers to the second.
  mira.told = [];
  mira.page.on('response', (response) => {
    const url = response.url();
    if (url.includes('/v1/') && !url.endsWith('/v1/live')) mira.told.push(response.text().then((text) => ({ url, text }), () => ({ url, text: '' })));
  });

  const life = { ...world, ...hands(world), oem, ems, ems2, sub, ona, eva, mira, sven, build };
  await sharing(life);
  await bom(life);
  await change(life);
  await incident(life);
  await reviews(life);
  await second(life);
  await production(life);
  await tiers(life);
  await leaving(life);
  await the_other_works_on(life);
  await knows_nothing_of_the_first(life);
}
