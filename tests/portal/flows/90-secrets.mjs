// After all flows: no secret of a person or a label is in what the nodes logged.
import { SECRETS } from '../browser.mjs';

export default async function secrets({ maker, ems, assert }) {
  for (const site of [maker, ems]) {
    const { log } = site;
    assert.ok(log.length > 0);
    for (const secret of [...SECRETS, ...maker.secrets, ...ems.secrets])
      assert.ok(!log.includes(secret), `${site.org}: a secret of ${secret.length} characters is in its log`);
    assert.doesNotMatch(log, /rpt_|25S[0-9A-Z]{10}/);
  }
}
