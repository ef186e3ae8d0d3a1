// The server process: started again when it dies, and said to be missing or broken once.

import assert from 'node:assert/strict';
import { chmod, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { until } from './editor.mjs';
import { scenario } from './scenario.mjs';

const ok = /✓/;

/** A program of the scenario's own, which other windows do not run. */
const settings = async module => ({ folder: { 'gomodls.path': module.path('../gomodls') } });

/** A program that notes each of its starts in a file, and dies. */
async function brokenServer(module) {
	await module.write('../gomodls', '#!/bin/sh\necho start >>"$0.starts"\nexit 3\n');
	await chmod(module.path('../gomodls'), 0o755);
}

const starts = async module => (await readFile(module.path('../gomodls.starts'), 'utf8')).trim().split('\n').length;

/** The processes that were started by this path. */
async function processes(path) {
	const found = [];
	for (const pid of await readdir('/proc')) {
		const command = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
		if (command.split('\0').includes(path)) {
			found.push(Number(pid));
		}
	}
	return found;
}

scenario('a server that is killed is started again', {
	settings,
	arrange: module => symlink(process.env.GOMODLS_BIN, module.path('../gomodls')),
}, async (editor, module) => {
	await editor.status(ok);
	const path = module.path('../gomodls');
	const [before] = await until('there should be one server process', () => processes(path), found => found.length === 1);

	process.kill(before, 'SIGKILL');
	await until('there should be another server process', () => processes(path), found => found.length === 1 && found[0] !== before);
	await editor.status(ok);
	await editor.showProblems();
	await editor.retype(await module.read('go.mod'), 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.onlyProblem('inconsistentversion', /github\.com\/spf13\/pflag/);
	await editor.notifications(0);
});

scenario('a missing server is said once, and a button mends it', { settings }, async (editor, module) => {
	const message = editor.notification('The setting gomodls.path names');
	await message.waitFor();
	await editor.status(/\[error\]/);
	await editor.notifications(1);

	await symlink(process.env.GOMODLS_BIN, module.path('../gomodls'));
	await message.getByText('Restart', { exact: true }).click();
	await editor.status(ok);
});

scenario('a server that dies on every start is said once, and not started for ever', {
	settings, arrange: brokenServer,
}, async (editor, module) => {
	const message = editor.notification('is not started again');
	await message.waitFor();
	await editor.status(/\[error\]/);
	await editor.notifications(1);
	assert.equal(await starts(module), 4);

	await rm(module.path('../gomodls'));
	await symlink(process.env.GOMODLS_BIN, module.path('../gomodls'));
	await message.getByText('Restart', { exact: true }).click();
	await editor.status(ok);
	assert.equal(await starts(module), 4);
});
