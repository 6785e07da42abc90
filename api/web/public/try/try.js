// The page that tries the API: a form for each operation of /openapi.json. Nothing from elsewhere, no HTML made of text:
// what the node answers is shown as it is.
'use strict';

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// A body to begin with: each member with the simplest value of its type.
function example(schema) {
  if (!schema) return undefined;
  if (schema.oneOf) return example(schema.oneOf[0]);
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name) => [name, example(schema.properties[name])]));
    case 'array': return schema.minItems ? [example(schema.items)] : [];
    case 'integer': return 1;
    case 'number': return 1;
    case 'boolean': return false;
    default: return '';
  }
}

function field(label, needed, input) {
  return element('label', {}, needed ? `${label}, needed` : label, input);
}

function choices(schema) {
  return schema?.enum ? `: ${schema.enum.join(', ')}` : '';
}

async function csrf() {
  const answer = await fetch('/v1/session', { credentials: 'same-origin' });
  return answer.ok ? (await answer.json()).csrf : undefined;
}

async function shown(answer) {
  const type = answer.headers.get('Content-Type') ?? '';
  const head = `${answer.status} ${answer.statusText}\n` +
    [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n') + '\n\n';
  if (type.includes('json')) {
    const text = await answer.text();
    try { return head + JSON.stringify(JSON.parse(text), null, 2); } catch { return head + text; }
  }
  if (type.startsWith('text/')) return head + await answer.text();
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return `${head}${bytes.length} bytes\n` +
    Array.from(bytes.subarray(0, 2048), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function form(path, method, operation) {
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const input = element('input', { autocomplete: 'off', spellcheck: false });
    return { parameter, input, view: field(`${parameter.name} (${parameter.in})${choices(parameter.schema)}`, parameter.required, input) };
  });
  const content = operation.requestBody?.content ?? {};
  const [type] = Object.keys(content);
  let body;
  if (type === 'application/json') {
    body = element('textarea', { rows: 8, spellcheck: false });
    body.value = JSON.stringify(example(content[type].schema), null, 2);
  } else if (type) {
    body = element('input', { type: 'file' });
  }
  const output = element('pre', { hidden: true, tabIndex: 0 });
  output.setAttribute('role', 'region');
  output.setAttribute('aria-label', 'Answer');
  const send = element('button', { type: 'submit', textContent: 'Send' });
  const made = element('form', {}, ...inputs.map((one) => one.view));
  if (body) made.append(field(`Body (${Object.keys(content).join(', ')})`, true, body));
  made.append(send);
  made.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    output.hidden = false;
    output.textContent = '…';
    try {
      let target = path;
      const query = new URLSearchParams();
      for (const { parameter, input } of inputs) {
        if (parameter.in === 'query') {
          if (input.value !== '') query.set(parameter.name, input.value);
        } else {
          // A tail has several parts.
          target = target.replace(`{${parameter.name}}`, input.value.split('/').map(encodeURIComponent).join('/'));
        }
      }
      const headers = {};
      const token = document.getElementById('token').value.trim();
      if (token) headers.Authorization = `Bearer ${token}`;
      else if (method !== 'get') headers['Reelproof-CSRF'] = await csrf() ?? '';
      if (type) headers['Content-Type'] = type;
      const question = query.size || query.toString() ? `?${query}` : '';
      output.textContent = await shown(await fetch(target + question, {
        method: method.toUpperCase(),
        headers,
        credentials: token ? 'omit' : 'same-origin',
        redirect: 'manual',
        body: body === undefined ? undefined : body.type === 'file' ? body.files[0] : body.value,
      }));
    } catch (failure) {
      output.textContent = String(failure);
    } finally {
      send.disabled = false;
    }
  });
  return [made, output];
}

function view(path, method, operation) {
  const summary = element('summary', {},
    element('span', { className: 'method', textContent: method.toUpperCase() }),
    element('span', { className: 'path', textContent: path }), ` ${operation.summary}`);
  const made = element('details', {}, summary);
  made.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  made.addEventListener('toggle', () => {
    if (!made.open || made.childElementCount > 1) return;
    if (operation.description) made.append(element('p', { textContent: operation.description }));
    made.append(...form(path, method, operation));
  });
  return made;
}

async function start() {
  const main = document.getElementById('operations');
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
  const { paths } = await answer.json();
  const groups = new Map();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) {
      const [group] = operation.tags;
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(view(path, method, operation));
    }
  main.replaceChildren(...[...groups].map(([group, views]) =>
    element('section', {}, element('h2', { textContent: group }), ...views)));
  document.getElementById('find').addEventListener('input', (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const one of main.querySelectorAll('details')) one.hidden = !one.dataset.words.includes(wanted);
    for (const section of main.querySelectorAll('section'))
      section.hidden = ![...section.querySelectorAll('details')].some((one) => !one.hidden);
  });
}

start().catch((failure) => { document.getElementById('operations').textContent = String(failure); });
