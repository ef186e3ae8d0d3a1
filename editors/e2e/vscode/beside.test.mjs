// Which of our diagnostics are hidden beside those of gopls. Which of gopls's name the same fault, the server says with each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside } from '../../vscode/src/beside.ts';

const at = (first, last = first) => ({ start: { line: first }, end: { line: last } });
const ours = (line, code, ...gopls) => ({ source: 'gomodls', code: { value: code, target: {} }, range: at(line), message: '', data: { gopls } });
const theirs = (line, source, message = '') => ({ source, range: at(line), message });

const refused = [{ source: 'syntax' }, { source: 'go list' }, { source: 'go.work file' }];
const unused = { source: 'go mod tidy', says: 'is not used in this module' };

/** The codes of ours that are left. */
const left = (our, their) => beside(our, their).map(({ code }) => code.value);

test('alone, all are shown', () => {
	assert.deepEqual(left([ours(5, 'badversion', ...refused), ours(6, 'syntaxerror', ...refused)], []), ['badversion', 'syntaxerror']);
});

test('one is hidden by one that names the same on its line, and on no other', () => {
	for (const { source } of refused) {
		assert.deepEqual(left([ours(5, 'badversion', ...refused), ours(6, 'syntaxerror', ...refused)], [theirs(5, source)]), ['syntaxerror']);
	}
});

test('one that is about several lines is hidden on each', () => {
	const our = { ...ours(5, 'syntaxerror', ...refused), range: at(5, 7) };
	assert.deepEqual([4, 5, 7, 8].map(line => left([our], [theirs(line, 'syntax')]).length), [1, 0, 0, 1]);
});

test('one of theirs hides one of ours', () => {
	const two = [ours(5, 'badpath', ...refused), ours(5, 'badversion', ...refused)];
	assert.deepEqual(left(two, [theirs(5, 'syntax')]), ['badversion']);
	assert.deepEqual(left(two, [theirs(5, 'syntax'), theirs(5, 'go list')]), []);
});

test('where one source says several things, the words count', () => {
	const our = ours(5, 'unusedrequire', unused);
	assert.deepEqual(left([our], [theirs(5, 'go mod tidy', 'golang.org/x/mod should be direct')]), ['unusedrequire']);
	assert.deepEqual(left([our], [theirs(5, 'go mod tidy', 'golang.org/x/mod is not used in this module')]), []);
});

test('what gopls knows nothing of, and what others say, stays', () => {
	assert.deepEqual(left([ours(5, 'privategap')], [theirs(5, 'syntax')]), ['privategap']);
	assert.deepEqual(left([{ ...ours(5, 'privategap'), data: undefined }], [theirs(5, 'syntax')]), ['privategap']);
	for (const source of ['upgrade available', 'govulncheck', 'cSpell', undefined]) {
		assert.deepEqual(left([ours(5, 'unusedrequire', unused)], [theirs(5, source, 'is not used in this module')]), ['unusedrequire']);
	}
});
