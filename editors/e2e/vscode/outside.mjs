// Changes made by other programs show up in the editor without a keystroke.

import assert from 'node:assert/strict';
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

scenario('a replacement directory that appears', {}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.append(before, '\nreplace golang.org/x/mod => ../mod\n');
	await editor.onlyProblem('replacepath', /\.\.\/mod/);
	await editor.status(/1/);
	await editor.watching(module);

	await module.copyDependency('golang.org/x/mod', '../mod');
	await editor.noProblems();
	await editor.status(ok);

	await editor.save();
	assert.equal(await module.refusal(), '');
});
