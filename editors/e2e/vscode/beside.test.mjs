// Which of our diagnostics are hidden beside those of gopls. What gopls says here is what gopls v0.23 said.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { beside, kinds } from '../../vscode/src/beside.ts';

const file = ['module example.com/m', '', 'go 1.25', '', 'require (', '\tgolang.org/x/mod v0.28.0', ')'];
const [error, warning, information] = [0, 1, 2];
const at = line => ({ start: { line }, end: { line } });
const ours = (line, code, severity = error) => ({ source: 'gomodls', code: { value: code, target: {} }, severity, range: at(line), message: '' });
const theirs = (line, source, message, severity = error) => ({ source, severity, range: at(line), message });

/** The codes of ours that are left. */
const left = (our, their) => beside(our, their, line => file[line]).map(({ code }) => code.value);

const tidy = {
	unused: line => theirs(line, 'go mod tidy', 'golang.org/x/mod is not used in this module', warning),
	direct: line => theirs(line, 'go mod tidy', 'golang.org/x/mod should be direct', warning),
	indirect: line => theirs(line, 'go mod tidy', 'golang.org/x/mod should be indirect', warning),
	missing: line => theirs(line, 'go mod tidy', 'golang.org/x/mod is not in your go.mod file', error),
};
const syntax = line => theirs(line, 'syntax', 'unknown directive: requir');
const unloadable = line => theirs(line, 'go list', 'github.com/a/b@v1.0.0: missing go.sum entry for go.mod file');

test('alone, all are shown', () => {
	assert.deepEqual(left([ours(5, 'badversion'), ours(6, 'syntaxerror')], []), ['badversion', 'syntaxerror']);
});

test('an error is hidden by an error of go on its line, and on no other', () => {
	for (const their of [syntax, unloadable, line => theirs(line, 'go.work file', 'directory ./a does not contain a module')]) {
		assert.deepEqual(left([ours(5, 'badversion'), ours(6, 'syntaxerror')], [their(5)]), ['syntaxerror']);
	}
});

test('one of theirs hides one of ours', () => {
	assert.deepEqual(left([ours(5, 'badpath'), ours(5, 'badversion')], [syntax(5)]), ['badversion']);
	assert.deepEqual(left([ours(5, 'badpath'), ours(5, 'badversion')], [syntax(5), unloadable(5)]), []);
});

test('an error of go hides nothing that is no error', () => {
	assert.deepEqual(left([ours(5, 'privategap', warning), ours(5, 'notdownloaded', information)], [syntax(5)]), ['privategap', 'notdownloaded']);
});

test('what tidy would change is hidden by the same change', () => {
	const all = [ours(5, 'badversion'), ours(5, 'privategap', warning), ours(5, 'unusedrequire', warning), ours(5, 'wrongindirect', warning), ours(5, 'missingrequire', warning)];
	const without = code => all.map(({ code }) => code.value).filter(one => one !== code);
	assert.deepEqual(left(all, [tidy.unused(5)]), without('unusedrequire'));
	assert.deepEqual(left(all, [tidy.direct(5)]), without('wrongindirect'));
	assert.deepEqual(left(all, [tidy.indirect(5)]), without('wrongindirect'));
	assert.deepEqual(left(all, [tidy.missing(5)]), without('missingrequire'));
	assert.deepEqual(left([ours(5, 'lostrequire', warning)], [tidy.missing(5)]), []);
	assert.deepEqual(left(all, [tidy.unused(6)]), without(''));
});

test('what gopls puts on the module line for want of a better one hides nothing there', () => {
	assert.deepEqual(left([ours(0, 'badmodule')], [theirs(0, 'go list', 'updates to go.mod needed')]), ['badmodule']);
	assert.deepEqual(left([ours(0, 'badmodule')], [theirs(0, 'syntax', 'invalid module path')]), []);
	assert.deepEqual(left([ours(0, 'badmodule'), ours(0, 'inconsistentvendor')], [theirs(0, 'go list', 'inconsistent vendoring in /m')]), ['badmodule']);
});

test('other programs, upgrades and vulnerabilities hide nothing', () => {
	for (const source of ['upgrade available', 'govulncheck', 'cSpell', undefined]) {
		assert.deepEqual(left([ours(5, 'badversion')], [theirs(5, source, 'is not used in this module')]), ['badversion']);
	}
});

test('the codes are codes of gomodls', async () => {
	const pages = await readFile(new URL('../../../docs/analyzers.md', import.meta.url), 'utf8');
	for (const code of kinds.flatMap(({ codes }) => codes ?? [])) {
		assert.ok(pages.includes(`\n## ${code}\n`), code);
	}
});
