// A supplier: a shipment by scan and by CSV, with what is wrong in each row; signed, and what the receiver sees of it.
import { Person } from '../browser.mjs';

export default async function ship({ maker, ems, browser, person, shoot, assert, eventually }) {
  const made = maker.issue(3), fresh = maker.issue(1, { commission: false });
  const sam = person(await Person.open(browser, maker));
  const { page } = sam;
  await sam.set_up(maker.invite('sam', 'Sam Supplier', 'supplier'));
  assert.equal(new URL(page.url()).pathname, '/ship');
  // What is no photograph is refused in the reader's words.
  const [picture] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Photo' }).click()]);
  await picture.setFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture at all') });
  await page.getByText('The picture can’t be read').first().waitFor();
  assert.equal(await page.getByText('JSON').count(), 0);
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const file = (rows) => ({ name: 'shipment.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) });
  const choose = async (rows) => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Read a CSV file' }).click(),
    ]);
    await chooser.setFiles(file(rows));
  };
  await choose(['label,too', 'x,y']);
  await page.getByText('unknown column “too”').first().waitFor();
  await choose(['label,to,po', `${quoted(made[0].text)},ems.example,4711`, `${quoted(made[1].text)},ems.example,4711`,
                `${quoted(made[0].text)},ems.example,4711`, `${quoted(made[2].text)},other.example,4711`,
                ',ems.example,4711', '"=HYPERLINK(""http://x"")<b>",ems.example,4711']);
  for (const problem of ['the same label stands in row 1 already', 'goes to other.example', 'label is missing'])
    await page.getByText(problem).first().waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'To (organisation)' }).inputValue(), 'ems.example');
  assert.equal(await page.getByRole('textbox', { name: 'Order', exact: true }).inputValue(), '4711');
  await page.getByRole('textbox', { name: 'Price' }).fill('EUR 0.42');
  await page.getByRole('textbox', { name: 'Others who may read it' }).fill('nobody.example');
  await shoot(sam, 'ship-problems');
  assert.deepEqual(await sam.axe(), [], 'ship-problems');
  assert.equal(await page.getByRole('button', { name: 'Sign and ship' }).isDisabled(), true);
  for (const row of [5, 4, 3]) await page.getByRole('button', { name: `Remove: ${row}` }).click();
  // What only the node can know, it says of the row that it means.
  await page.getByRole('button', { name: 'Sign and ship' }).click();
  await page.locator('tbody tr').nth(2).locator('.error').waitFor();
  assert.match(await page.locator('tbody tr').nth(2).locator('.error').textContent(), /items\[2\]/);
  await page.getByRole('button', { name: 'Remove: 3' }).click();
  // Sealed for partners only.
  await page.getByRole('button', { name: 'Sign and ship' }).click();
  await page.getByText('nobody.example is not a partner').first().waitFor();
  await page.getByRole('textbox', { name: 'Others who may read it' }).fill('');
  await page.getByRole('button', { name: 'Sign and ship' }).click();
  await page.getByText('Shipped and signed to ems.example: 2').first().waitFor();
  await shoot(sam, 'ship-done');
  assert.deepEqual(await sam.axe(), [], 'ship-done');
  // A new item, recorded as made in the same step.
  await sam.wedge(fresh[0].text);
  await page.getByText('1 in all').first().waitFor();
  await page.getByLabel('These are new').check();
  await page.getByRole('button', { name: 'Sign and ship' }).click();
  await page.getByText('Shipped and signed to ems.example: 1').first().waitFor();
  await ems.knows(fresh[0], 2);
  // New labels: made by the node, a file for the printer, and on the list.
  await page.getByText('New labels').click();
  await page.getByLabel('Part number (MPN)').fill('NL52840-QIAA-R');
  await page.getByLabel('Lot', { exact: true }).fill('7AB129');
  await page.getByLabel('Date code').fill(fresh[0].text.match(/9D(\d{4})/)[1]);
  await page.getByLabel('Quantity').fill('3000');
  await page.getByLabel('How many').fill('2');
  await page.getByLabel('For', { exact: true }).selectOption('zpl');
  const files = [];
  page.on('download', (one) => files.push(one.suggestedFilename()));
  await page.getByRole('button', { name: 'Make labels' }).click();
  await page.getByText('Labels made and on the list: 2').first().waitFor();
  await shoot(sam, 'ship-new-labels');
  assert.deepEqual(await sam.axe(), [], 'ship-new-labels');
  // One file for both, and again where it was lost: the node has no other.
  await page.getByRole('button', { name: 'Save the file again' }).click();
  await eventually('the file twice', () => files.length === 2);
  assert.ok(files.every((name) => /^labels-[0-9A-Z]{26}\.zpl$/.test(name)), files.join(' '));
  await page.getByRole('button', { name: 'Sign and ship' }).click();
  await page.getByText('Shipped and signed to ems.example: 2').first().waitFor();
  // The receiver reads what was sealed for it.
  const events = JSON.parse(ems.run(['trace', ems.file_of(made[0])]).trim()).events;
  assert.deepEqual(events.find((one) => one.what === 'ship').sealed, { po: '4711', price: 'EUR 0.42' });
  // What became of it at the receiver.
  ems.receive(fresh[0]);
  await maker.knows(fresh[0], 3);
  const own = page.getByRole('region', { name: 'Own shipments' });
  await own.getByRole('button', { name: 'Refresh' }).click();
  const received = own.locator('details').filter({ hasText: fresh[0].item }).filter({ hasText: 'received: 1' });
  await received.locator('summary').click();
  await received.getByText(fresh[0].item).waitFor();
  await own.locator('details', { hasText: 'under way: 2' }).first().waitFor();
  await shoot(sam, 'ship-shipments');
  assert.deepEqual(await sam.axe(), [], 'ship-shipments');
  assert.deepEqual(await sam.stored(), []);
}
