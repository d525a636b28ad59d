// What every judge of an assistant needs: agents of the hub, processes, and folders of their own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HUB = process.env.HUB_URL;

async function json(answer) {
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${body}`);
  return body ? JSON.parse(body) : {};
}

export class Agent {
  static async join(id) {
    const joined = await json(await fetch(process.env.INVITE_URL, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ agent_id: id }),
    }));
    return new Agent(id, joined.api_key);
  }

  constructor(id, key) {
    Object.assign(this, { id, key });
  }

  get(path) {
    return fetch(HUB + path, { headers: { Authorization: `Bearer ${this.key}` } }).then(json);
  }

  post(path, body) {
    const headers = { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' };
    return fetch(HUB + path, { method: 'POST', headers, body: JSON.stringify(body) }).then(json);
  }

  send(to, text, more = {}) {
    return this.post('/send', { to, payload: { text }, ...more });
  }

  /** Acknowledges all that is there. */
  async clear() {
    const { head } = await this.post('/messages/ack', { sequence: 0 });
    await this.post('/messages/ack', { sequence: head });
  }
}

/** Runs a program to its end: {code, out, err}. */
export async function run(command, args, { cwd, env = {}, input = '', seconds = 90 } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', bytes => { out += bytes; });
  child.stderr.on('data', bytes => { err += bytes; });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  console.log(`      $ ${command.split('/').pop()} ${args.join(' ').replace(/mk_[\w-]+/g, 'mk_…').slice(0, 160)} -> ${code}`);
  if (code !== 0) console.log(`${out}\n${err}`.slice(-2000).replace(/^/gm, '      '));
  return { code, out, err };
}

/** A folder that goes with this process. */
export function folder(name) {
  const made = mkdtempSync(join(tmpdir(), `${name}-`));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Waits until `holds` answers something true; looks again after each event that `changed` emits. */
export async function until(holds, changed, what, seconds = 20) {
  const end = AbortSignal.timeout(seconds * 1000);
  for (let value = holds(); ; value = holds()) {
    if (value) return value;
    try {
      await once(changed, 'change', { signal: end });
    } catch {
      throw new Error(`In ${seconds} s there was no ${what}`);
    }
  }
}
