import { globSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../shared/hub.mjs';
import { Verdict, expect } from '../shared/verdict.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const verdict = new Verdict('skills', { suite: 'skills-ref validate', version: '0.1.5' });
const skills = globSync('integrations/**/SKILL.md', { cwd: ROOT }).map(file => join(ROOT, dirname(file)));

await verdict.check('there are skills', () => expect(skills.length > 0, 'integrations/ has no SKILL.md'));
for (const skill of skills) {
  await verdict.check(relative(ROOT, skill), async () => {
    const { code, out, err } = await run(process.env.SKILLS_REF, ['validate', skill]);
    expect(code === 0, out + err);
  });
}
process.exit(verdict.finish());
