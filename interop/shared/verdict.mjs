// Counts what a judge found and writes .build/interop/results/<judge>.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export class Verdict {
  /** @param accepted failures that are accepted: {name, reason, clause} */
  constructor(judge, { suite, version, accepted = [], notes = '' }) {
    Object.assign(this, { judge, suite, version, accepted, notes });
    this.passed = 0;
    this.skipped = 0;
    this.failures = [];
  }

  /** Runs a check; what it throws is its failure. Returns what it returned. */
  async check(name, action) {
    try {
      const value = await action();
      this.passed++;
      console.log(`ok    ${name}`);
      return value;
    } catch (failure) {
      this.failures.push(name);
      console.log(`FAIL  ${name}\n      ${failure?.stack ?? failure}`);
      return undefined;
    }
  }

  skip(name, reason) {
    this.skipped++;
    console.log(`skip  ${name}: ${reason}`);
  }

  /** Writes the result; answers the exit code. */
  finish() {
    const isAccepted = name => this.accepted.some(one => one.name === name);
    const unexpected = this.failures.filter(name => !isAccepted(name));
    const file = join(ROOT, '.build/interop/results', `${this.judge}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({
      suite: this.suite, version: this.version, date: new Date().toISOString().slice(0, 10),
      passed: this.passed, failed: this.failures.length, skipped: this.skipped,
      accepted: this.accepted, notes: this.notes,
    }, null, 2) + '\n');
    console.log(`${this.passed} passed, ${this.failures.length} failed, ${this.skipped} skipped`);
    return unexpected.length === 0 ? 0 : 1;
  }
}

/** Throws unless it holds. */
export function expect(holds, what) {
  if (!holds) throw new Error(what);
}
