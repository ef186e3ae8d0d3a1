// Where the extension looks for its server, and where it does not.

import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { expand, find } from '../../vscode/src/find.ts';

const root = await mkdtemp(join(tmpdir(), 'gomodls-find-'));
const at = (...names) => join(root, ...names);

after(() => rm(root, { recursive: true, force: true }));

/** Creates programs and returns where to look. */
async function places(programs, { configured = '', ...env } = {}) {
	await rm(root, { recursive: true, force: true });
	for (const path of programs) {
		await mkdir(join(at(path), '..'), { recursive: true });
		await writeFile(at(path), '');
		await chmod(at(path), 0o755);
	}
	return { configured, bundled: at('extension/bin/gomodls'), env, home: at('home') };
}

test('the setting is the only place when it is set', async () => {
	const configured = join(root, 'mine');
	assert.deepEqual(find(await places(['mine', 'extension/bin/gomodls'], { configured })), { path: configured });
	assert.deepEqual(find(await places(['extension/bin/gomodls'], { configured })), { looked: [configured] });
});

test('a tilde in the setting is the home directory', async () => {
	assert.deepEqual(find(await places(['home/tools/gomodls'], { configured: '~/tools/gomodls' })), { path: at('home/tools/gomodls') });
});

test('a relative setting, a directory and a file that is no program are not started', async () => {
	assert.ok('looked' in find(await places([], { configured: 'gomodls' })));
	assert.ok('looked' in find(await places(['dir/gomodls'], { configured: at('dir') })));
	const search = await places(['plain'], { configured: at('plain') });
	await chmod(at('plain'), 0o644);
	assert.ok('looked' in find(search));
});

test('the bundled program, then PATH, then the folder that go installs into', async () => {
	const all = ['extension/bin/gomodls', 'path/gomodls', 'gobin/gomodls', 'home/go/bin/gomodls'];
	const env = { PATH: [at('empty'), at('path')].join(delimiter) };
	assert.deepEqual(find(await places(all, env)), { path: at(all[0]) });
	assert.deepEqual(find(await places(all.slice(1), env)), { path: at(all[1]) });
	assert.deepEqual(find(await places(all.slice(2), { ...env, GOBIN: at('gobin') })), { path: at(all[2]) });
	assert.deepEqual(find(await places(all.slice(3), env)), { path: at(all[3]) });
});

test('every GOPATH has a bin folder, but GOBIN replaces them', async () => {
	const GOPATH = [at('one'), at('two')].join(delimiter);
	assert.deepEqual(find(await places(['two/bin/gomodls'], { GOPATH })), { path: at('two/bin/gomodls') });
	assert.ok('looked' in find(await places(['two/bin/gomodls'], { GOPATH, GOBIN: at('gobin') })));
});

test('a relative entry of PATH is not looked at', async () => {
	const { looked } = find(await places([], { PATH: ['.', 'bin', at('path')].join(delimiter) }));
	assert.deepEqual(looked, [at('extension/bin/gomodls'), at('path/gomodls'), at('home/go/bin/gomodls')]);
});

test('variables are replaced as in the settings of the Go extension', () => {
	assert.equal(expand('${env:A}/x:${env:B}', { A: '/a' }, '/home/u'), '/a/x:');
	assert.equal(expand('~', {}, '/home/u'), '/home/u');
	assert.equal(expand('~other', {}, '/home/u'), '~other');
});
