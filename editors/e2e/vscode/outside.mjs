// Changes made by other programs show up in the editor without a keystroke.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { scenario } from './scenario.mjs';

const ok = /✓/;

scenario('go get in a terminal', {}, async (editor, module) => {
	await editor.status(ok);
	await editor.showProblems();
	await editor.watching(module);

	await module.edit('go.mod', 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.onlyProblem('inconsistentversion', /github\.com\/spf13\/pflag/);
	await editor.status(/1/);

	await module.go('get', 'github.com/spf13/pflag@v1.0.9');
	await editor.noProblems();
	await editor.status(ok);
	assert.equal(await module.refusal(), '');
});

scenario('git checkout in a terminal', {
	arrange: async module => {
		await module.git('init', '--quiet', '--initial-branch=good');
		await module.git('add', '.');
		await module.git('commit', '--quiet', '--message=good');
		await module.git('checkout', '--quiet', '-b', 'bad');
		await module.edit('go.mod', 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
		await module.git('commit', '--quiet', '--all', '--message=bad');
		await module.git('checkout', '--quiet', 'good');
	},
}, async (editor, module) => {
	await editor.status(ok);
	await editor.showProblems();
	await editor.watching(module);

	await module.git('checkout', '--quiet', 'bad');
	await editor.onlyProblem('inconsistentversion', /github\.com\/spf13\/pflag/);
	await editor.status(/✗ 1/);
	await module.git('checkout', '--quiet', 'good');
	await editor.noProblems();
	await editor.status(ok);
});

scenario('a replacement directory that appears', {}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.append(before, '\nreplace golang.org/x/mod => ../mod\n');
	await editor.onlyProblem('replacepath', /the directory \.\.\/mod does not exist/);
	await editor.status(/1/);
	await editor.watching(module);

	await mkdir(module.path('../mod'));
	await editor.onlyProblem('replacepath', /the directory \.\.\/mod has no go\.mod file/);
	await module.copyDependency('golang.org/x/mod', '../mod');
	await editor.noProblems();
	await editor.status(ok);

	await editor.save();
	assert.equal(await module.refusal(), '');
});
