// More than one module, more than one folder, and more lines than one sees.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { until } from './editor.mjs';
import { scenario } from './scenario.mjs';

const ok = /✓/;

const small = name => `module example.com/${name}\n\ngo 1.25.0\n`;

scenario('a workspace with three modules', {
	folder: '..', file: '../go.work',
	arrange: async module => {
		await module.write('../go.work', 'go 1.25.0\n\nuse (\n\t./app\n\t./lib\n\t./tool\n)\n');
		for (const name of ['lib', 'tool']) {
			await module.write(`../${name}/go.mod`, small(name));
			await module.write(`../${name}/${name}.go`, `package ${name}\n`);
		}
	},
}, async (editor, module) => {
	const work = await module.read('../go.work');
	assert.equal(await module.refusal(), '');
	await editor.status(/go\.work ✓/);
	await editor.showProblems();

	await editor.retype(work, './tool', './tol');
	await editor.problem('usepath', /\.\/tol/);
	await editor.marked('error', './tol');
	await editor.status(/go\.work ✗ 1/);
	await editor.quickFix(/Remove \.\/tol/);
	await editor.noProblem('usepath');
	await editor.status(/go\.work ✓/);
	await editor.save();
	assert.equal(await module.read('../go.work'), work.replace('\t./tool\n', ''));
	assert.equal(await module.refusal(), '');

	await editor.openFile('go.mod', 'lib');
	await editor.status(/go\.mod ✓/);
	await editor.append(small('lib'), '\nrequir golang.org/x/mod v0.29.0\n');
	await editor.problem('unknowndirective', /requir/);
	await editor.status(/go\.mod ✗ 1/);
	await editor.openFile('go.mod', 'app');
	await editor.status(/go\.mod ✓/);
	await editor.openFile('go.work');
	await editor.status(/go\.work ✗ 1/);
});

scenario('two folders in one window', {
	folder: '../both.code-workspace',
	arrange: async module => {
		await module.write('../both.code-workspace', JSON.stringify({ folders: [{ path: 'app' }, { path: 'other' }] }));
		await module.write('../other/go.mod', small('other') + '\nrequir golang.org/x/mod v0.29.0\n');
		await module.write('../other/other.go', 'package other\n');
	},
}, async (editor, module) => {
	await editor.status(/go\.mod ✓/);
	await editor.showProblems();
	await editor.onlyProblem('unknowndirective', /requir/);
	await editor.openFile('go.mod', 'other');
	await editor.status(/go\.mod ✗ 1/);

	await editor.command('gomodls: Tidy (go mod tidy)');
	await editor.notification('unknown directive: requir').waitFor();
	await editor.openFile('go.mod', 'app');
	await editor.status(/go\.mod ✓/);
	await editor.command('gomodls: Tidy (go mod tidy)');
	await until('the go.sum of that folder should be tidy', () => module.read('go.sum'), text => !text.includes('github.com/spf13/pflag v1.0.8'));
});

/** Checksums of modules that nothing requires: go reads them all, and keeps them. */
const filler = Array.from({ length: 3000 }, (_, i) => {
	const name = `example.com/filler/m${String(i).padStart(4, '0')}`;
	return `${name} v1.0.0/go.mod h1:${createHash('sha256').update(name).digest('base64')}\n`;
}).join('');

scenario('a go.sum of 3,000 lines', {
	file: 'go.sum',
	arrange: async module => module.write('go.sum', await module.read('go.sum') + filler),
}, async (editor, module) => {
	const last = filler.trimEnd().split('\n').at(-1);
	await editor.status(ok);
	await editor.showProblems();
	await editor.typing();

	await editor.scroll('Control+End', last);
	await editor.page.keyboard.type('example.com/m v1.0.0');
	await editor.onlyProblem('malformedsum', /./);
	await editor.marked('error', 'example.com/m v1.0.0');
	await editor.status(/✗ 1/);
	for (let page = 0, top = ''; page < 10; page++) {
		await editor.page.keyboard.press('PageUp');
		top = await until('the page should turn', async () => (await editor.text()).split('\n')[0], line => line !== top && line.startsWith('example.com/filler/'));
	}
	await editor.scroll('Control+Home', 'github.com/cpuguy83/go-md2man/v2');
	await editor.scroll('Control+End', 'example.com/m v1.0.0');
	for (let i = 0; i < 'example.com/m v1.0.0'.length; i++) {
		await editor.page.keyboard.press('Backspace');
	}
	await editor.noProblems();
	await editor.status(ok);
	assert.equal(await module.refusal(), '');
});
