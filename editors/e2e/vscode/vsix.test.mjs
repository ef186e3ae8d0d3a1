// The extension as people get it: packed, installed into a clean profile, with the server that came with it.

import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from './editor.mjs';
import { goEnvironment, prepare } from './module.mjs';
import { VSCode } from './vscode.mjs';

/** The programs that run from below a folder. */
async function running(dir) {
	const programs = [];
	for (const pid of await readdir('/proc')) {
		const program = /^\d+$/.test(pid) ? await readlink(`/proc/${pid}/exe`).catch(() => '') : '';
		if (program.startsWith(dir)) {
			programs.push(program.slice(dir.length + 1));
		}
	}
	return programs;
}

test('a packed extension runs the server that is in it', { timeout: 600_000 }, async () => {
	const go = await goEnvironment();
	const module = await prepare(go);
	const code = await VSCode.start(go.env, { vsix: process.env.VSIX });
	try {
		const editor = await code.open(module.dir, module.path('go.mod'));
		await editor.status(/✓/);
		await until('its server should run', () => running(join(code.temp, 'extensions')), programs => programs.length === 1 && programs[0].endsWith('/bin/gomodls'));
	} finally {
		await code.stop();
		await module.remove();
		await go.release();
	}
});
