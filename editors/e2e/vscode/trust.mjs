// What a folder may make the machine do: in one that is not trusted nothing is executed, and in one that is trusted the
// folder still does not choose what is run and what is asked.

import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { until } from './editor.mjs';
import { Proxy } from './proxy.mjs';
import { scenario } from './scenario.mjs';

const ok = /✓/;

/** Writes a program that notes its arguments in a file beside it, and then does what it is told. */
async function recorder(path, then = 'exit 1') {
	await writeFile(path, `#!/bin/sh\necho "$0 $*" >>'${path}.calls'\n${then}\n`);
	await chmod(path, 0o755);
	return () => readFile(`${path}.calls`, 'utf8').catch(() => '');
}

/** How go and git were started by VS Code or by anything that it started. */
let executed;

/** The folder in which that is recorded, once there is one. */
let records;
after(() => records && rm(records, { recursive: true, force: true }));

/** An environment whose go and git are recorded. */
async function recorded(env) {
	records = await mkdtemp(join(tmpdir(), 'gomodls-recorder-'));
	const calls = [];
	for (const name of ['go', 'git']) {
		calls.push(await recorder(join(records, name), `PATH='${process.env.PATH}' exec ${name} "$@"`));
	}
	executed = async () => (await Promise.all(calls.map(read => read()))).join('');
	return { ...env, PATH: [records, process.env.PATH].join(delimiter) };
}

scenario('an untrusted folder: diagnostics and fixes work, nothing is executed', {
	restricted: recorded,
	arrange: async module => {
		await recorder(module.path('../evil'));
		await module.write('.gomodls.yaml', 'go: ../evil\n');
		await module.write('.vscode/settings.json', JSON.stringify({
			'gomodls.path': module.path('../evil'), 'gomodls.go': module.path('../evil'), 'go.toolsEnvVars': { GOFLAGS: `-toolexec=${module.path('../evil')}` },
		}));
	},
}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(/go\.mod/);
	await editor.showProblems();
	await editor.retype(before, 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.problem('inconsistentversion', /github\.com\/spf13\/pflag/);
	await editor.quickFix(/v1\.0\.9/);
	await editor.noProblem('inconsistentversion');
	await editor.save();

	const offered = await editor.commands('gomodls: ', 'Show Log');
	assert.ok(!offered.some(title => /Tidy|Download|Vendor|go get|Sync/.test(title)), offered.join('\n'));

	await editor.command('gomodls: Doctor');
	await until('the report should be shown', () => editor.text(), text => text.includes('example.com/app in ') && text.includes('GOPROXY'));
	assert.equal(await executed(), '');
	assert.equal(await readFile(module.path('../evil.calls'), 'utf8').catch(() => ''), '');
});

scenario('a folder that is trusted in the end', { restricted: recorded }, async (editor, module) => {
	await editor.status(/go\.mod/);
	assert.equal(await executed(), '');

	await editor.command('Workspaces: Manage Workspace Trust');
	await editor.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
	await editor.openFile('go.mod');
	await editor.status(ok);
	await editor.tooltip(/Run go mod tidy/); // the server that was started without trust does not offer it
	await editor.command('gomodls: Tidy (go mod tidy)');
	await until('tidy should run', executed, calls => /go mod tidy/.test(calls));
});

{
	let hostile, evil;
	scenario('a hostile repository chooses neither what is run nor what is asked', {
		arrange: async module => {
			hostile = await Proxy.start();
			evil = await recorder(module.path('../evil'));
			const env = { GOPROXY: hostile.url, GOFLAGS: `-toolexec=${module.path('../evil')}` };
			await module.write('.gomodls.yaml', `go: ../evil\nenv:\n  GOPROXY: ${hostile.url}\nnetwork: true\n`);
			await module.write('.vscode/settings.json', JSON.stringify({
				'gomodls.go': module.path('../evil'), 'gomodls.env': env, 'go.toolsEnvVars': env,
			}));
			await module.importMadeUp('example.com/made-up-hostile');
		},
		settings: async module => ({ machine: { 'gomodls.env': { GOPROXY: module.proxy.url } } }),
	}, async (editor, module) => {
		await editor.status(/go\.mod/);
		await editor.showProblems();
		for (const key of ['go', 'env', 'network']) {
			await editor.problem('badsettings', new RegExp(`a repository may not set ${key},`));
		}
		await editor.command('gomodls: Tidy (go mod tidy)');
		await until('go.mod should have the module', () => module.read('go.mod'), text => text.includes('example.com/made-up-hostile v1.0.0'));
		assert.deepEqual(hostile.asked, []);
		assert.equal(await evil(), '');
		hostile.stop();
	});
}
