// What the snippets write is a file that go can read.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const dir = await mkdtemp(join(tmpdir(), 'gomodls-snippets-'));
after(() => rm(dir, { recursive: true }));

/** The text of a snippet whose user takes what is proposed, and types a name at the end. */
const expand = body => [body].flat().join('\n').replace(/\$\{\d+:([^}]*)\}/g, '$1').replace('./$0', './folder').replace('$0', '');

const files = [
	{ name: 'go.mod', head: 'module example.com/m\n\ngo 1.26\n\n', edit: ['mod', 'edit', '-json'] },
	{ name: 'go.work', head: 'go 1.26\n\n', edit: ['work', 'edit', '-json'] },
];
for (const { name, head, edit } of files) {
	const snippets = JSON.parse(await readFile(new URL(`../../vscode/snippets/${name}.json`, import.meta.url), 'utf8'));
	for (const [title, { body }] of Object.entries(snippets)) {
		test(`${name}: ${title}`, async () => {
			const path = join(dir, name);
			await writeFile(path, head + expand(body) + '\n');
			await run('go', [...edit, path], { cwd: dir });
		});
	}
}
