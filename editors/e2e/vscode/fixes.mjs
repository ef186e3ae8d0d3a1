// A real module is opened and broken without saving; the editor shows what go would say; a quick fix mends it, and what was
// unsaved before is unsaved after.

import assert from 'node:assert/strict';
import { until } from './editor.mjs';
import { scenario } from './scenario.mjs';

const ok = /✓/;
const one = /1/;

scenario('a requirement below the selected version', {}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.retype(before, 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.onlyProblem('inconsistentversion', /github\.com\/spf13\/pflag/);
	await editor.marked('error', 'v1.0.8');
	await editor.status(one);
	await editor.tooltip(/1 error: go refuses to load the module[^]*✗ go\.mod:13 github\.com\/spf13\/pflag v1\.0\.8/);
	await editor.languageStatus(/go\.mod ✗ 1[^]*example\.com\/app/);
	assert.equal(await module.read('go.mod'), before, 'nothing has been saved');

	await editor.quickFix(/v1\.0\.9/);
	await editor.noProblems();
	await editor.status(ok);
	await editor.onlyModified('go.mod'); // a plain edit leaves the file modified
	assert.equal(await module.read('go.mod'), before);

	await editor.save();
	assert.equal(await module.read('go.mod'), before, 'the fix keeps every byte that it need not touch');
	assert.equal(await module.refusal(), '');
});

scenario('a module required twice', {}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.retype(before, 'golang.org/x/mod v0.29.0', 'golang.org/x/mod v0.29.0\n\tgolang.org/x/mod v0.28.0');
	await editor.onlyProblem('inconsistentversion', /golang\.org\/x\/mod/);
	await editor.status(one);

	await editor.lightBulb(/v0\.29\.0/);
	await editor.noProblems();
	await editor.status(ok);
	assert.equal(await module.read('go.mod'), before, 'nothing has been saved');

	await editor.save();
	assert.equal(await module.read('go.mod'), before);
	assert.equal(await module.refusal(), '');
});

const sum = 'github.com/spf13/pflag v1.0.9/go.mod h1:McXfInJRrz4CZXVZOBLb0bTZqETkiAhM9Iw0y3An2Bg=\n';
const pflag = /github\.com\/spf13\/pflag/;

/** Whether all lines are still there. The go command may add more of them than it had asked for. */
const keeps = (after, before) => before.split('\n').every(line => after.split('\n').includes(line));

scenario('a checksum that go.sum lacks, go.sum closed', {}, async (editor, module) => {
	const before = await module.read('go.sum');
	await editor.status(ok);
	await editor.showProblems();
	await editor.watching(module);

	await module.edit('go.sum', sum, '');
	await editor.onlyProblem('missingsum', pflag);
	assert.match(await module.refusal(), /missing go\.sum entry/);

	await editor.goToLineOf(await module.read('go.mod'), 'github.com/spf13/pflag');
	await editor.quickFix(/sum/i);
	await editor.noProblems();
	await editor.status(ok);
	await until('go.sum should be saved', () => module.read('go.sum'), text => keeps(text, before));
	await editor.onlyModified();
	assert.equal(await module.refusal(), '');
});

scenario('a checksum that go.sum lacks, go.sum open and modified', {}, async (editor, module) => {
	const before = await module.read('go.sum');
	await editor.status(ok);
	await editor.showProblems();

	await editor.openFile('go.sum');
	await editor.deleteLine(before, sum.trim());
	await editor.onlyProblem('missingsum', pflag);
	assert.equal(await module.refusal(), '', 'nothing has been saved');

	await editor.openFile('go.mod');
	await editor.goToLineOf(await module.read('go.mod'), 'github.com/spf13/pflag');
	await editor.quickFix(/sum/i);
	await editor.noProblems();
	await editor.status(ok);
	await editor.onlyModified('go.sum'); // what was modified before stays modified

	await editor.openFile('go.sum');
	await editor.save();
	assert.ok(keeps(await module.read('go.sum'), before));
	assert.equal(await module.refusal(), '');
});

scenario('a replacement directory with a typing error', {
	arrange: module => module.copyDependency('golang.org/x/mod', '../mod'),
}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.append(before, '\nreplace golang.org/x/mod => ../mdo\n');
	await editor.onlyProblem('replacepath', /\.\.\/mdo/);

	await editor.goToLineOf(before + '\nreplace', 'replace');
	await editor.quickFix(/\.\.\/mod/);
	await editor.noProblems();
	await editor.status(ok);
	assert.equal(await module.read('go.mod'), before, 'nothing has been saved');

	await editor.save();
	assert.equal(await module.read('go.mod'), before + '\nreplace golang.org/x/mod => ../mod\n');
	assert.equal(await module.refusal(), '');
});

scenario('tidy of a module with unsaved changes', {}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();

	await editor.deleteLine(before, 'go.uber.org/multierr');
	await editor.command('gomodls: Tidy (go mod tidy)');
	await until('go.mod should have the requirement again', () => editor.text(), text => text.includes('go.uber.org/multierr'));
	// The go.sum that was prepared for other scenarios has more than tidy keeps; it was not open.
	await until('go.sum should be saved', () => module.read('go.sum'), text => !text.includes('github.com/spf13/pflag v1.0.8'));
	await editor.noProblems();
	await editor.status(ok);
	await editor.onlyModified('go.mod'); // what was modified before stays modified

	await editor.save();
	assert.equal(await module.read('go.mod'), before);
	assert.equal(await module.refusal(), '');
	await until('go should find nothing to tidy', () => module.untidy(), diff => diff === '');
});

scenario('fix all', {
	arrange: module => module.copyDependency('golang.org/x/mod', '../mod'),
}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.showProblems();
	await editor.retype(before, 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.append(before, '\nreplace golang.org/x/mod => ../mdo\n');
	await editor.problem('replacepath', /\.\.\/mdo/);
	await editor.problem('inconsistentversion', /github\.com\/spf13\/pflag/);

	await editor.fixAll();
	await editor.status(ok);
	await editor.save();
	assert.equal(await module.read('go.mod'), before + '\nreplace golang.org/x/mod => ../mod\n');
	assert.equal(await module.refusal(), '');
});
