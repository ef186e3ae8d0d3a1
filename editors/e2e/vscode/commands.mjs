// Commands that run go: seen first, cancelled, undone, and while the user goes on typing. A module proxy that does not answer
// makes go run for as long as that is looked at.

import assert from 'node:assert/strict';
import { until } from './editor.mjs';
import { Proxy } from './proxy.mjs';
import { scenario } from './scenario.mjs';

const ok = /✓/;
const busy = /\[sync\].*go mod tidy/;
const multierr = '\tgo.uber.org/multierr v1.10.0 // indirect\n';

scenario('the status bar says ok, error, busy, ok', {}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.status(ok);
	await editor.retype(before, 'github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8');
	await editor.status(/✗ 1/);
	await module.importMadeUp('example.com/made-up-status');

	const release = module.proxy.hold();
	await editor.command('gomodls: Tidy (go mod tidy)');
	await editor.status(busy);
	release();
	await editor.status(ok);
	await editor.save();
	assert.match(await module.read('go.mod'), /example\.com\/made-up-status v1\.0\.0/);
	await editor.notifications(0);
});

scenario('a tidy that is cancelled changes nothing', {
	arrange: module => module.importMadeUp('example.com/made-up-cancel'),
}, async (editor, module) => {
	const [mod, sums] = [await module.read('go.mod'), await module.read('go.sum')];
	await editor.status(/go\.mod/);

	const release = module.proxy.hold();
	await editor.command('gomodls: Tidy (go mod tidy)');
	await editor.status(busy);
	const progress = editor.notification('go mod tidy');
	await progress.getByText('Cancel', { exact: true }).click();
	await editor.status(/go\.mod [^…]*$/);
	await progress.waitFor({ state: 'hidden' });

	await editor.command('gomodls: Tidy (go mod tidy)');
	await editor.status(busy);
	await editor.command('gomodls: Cancel the Running Command');
	await editor.status(/go\.mod [^…]*$/);

	release();
	assert.equal(await module.read('go.mod'), mod);
	assert.equal(await module.read('go.sum'), sums);
	await editor.onlyModified();
	await editor.notifications(0);
});

scenario('typing right after opening, and while tidy runs', {
	arrange: module => module.importMadeUp('example.com/made-up-typing'),
}, async (editor, module) => {
	const before = await module.read('go.mod');
	await editor.typing();
	await editor.page.keyboard.press('Control+End');
	await editor.page.keyboard.type('\n// typed before the server runs\n');
	const first = before + '\n// typed before the server runs\n';
	await editor.status(/go\.mod/);

	const release = module.proxy.hold();
	await editor.command('gomodls: Tidy (go mod tidy)');
	await editor.status(busy);
	await editor.append(first, '// typed while tidy runs\n');
	await until('what is typed should be there', () => editor.text(), text => text.includes('// typed while tidy runs'));
	release();
	await until('tidy should do its work on what was typed', () => editor.text(), text => text.includes('example.com/made-up-typing v1.0.0'));
	await editor.status(ok);
	await editor.save();
	const after = await module.read('go.mod');
	assert.ok(after.includes('\n// typed before the server runs\n// typed while tidy runs'), after);
	await until('go should find nothing to tidy', () => module.untidy(), diff => diff === '');
});

scenario('a preview of tidy, discarded and applied', {
	arrange: module => module.edit('go.mod', multierr, ''),
}, async (editor, module) => {
	const [mod, sums] = [await module.read('go.mod'), await module.read('go.sum')];
	await editor.status(/go\.mod/);
	const question = editor.notification(/go mod tidy would change \S*go\.mod, \S*go\.sum/);
	const preview = async () => {
		await editor.command('gomodls: Preview Tidy');
		await until('the diff should have the requirement', () => editor.proposals(), text => text.includes('go.uber.org/multierr v1.10.0'));
	};
	const answer = async button => {
		await question.getByText(button, { exact: true }).click();
		await until('the diff should be closed', () => editor.proposals(), text => text === '');
	};

	await preview();
	await answer('Discard');
	assert.equal(await module.read('go.mod'), mod);
	assert.equal(await module.read('go.sum'), sums);
	await editor.onlyModified();

	await preview();
	await answer('Apply');
	await until('go.mod should be tidy', () => module.read('go.mod'), text => text.includes('go.uber.org/multierr v1.10.0'));
	await editor.status(ok);
	await until('go should find nothing to tidy', () => module.untidy(), diff => diff === '');

	await editor.command('gomodls: Undo the Last Change to Module Files');
	await until('go.mod should be as it was', () => module.read('go.mod'), text => text === mod);
	await until('go.sum should be as it was', () => module.read('go.sum'), text => text === sums);
	await editor.onlyModified();
	await until('the editor should show it', () => editor.text(), text => !text.includes('multierr'));
});

scenario('tidy asks before it drops what only a broken file needs', {
	arrange: module => module.edit('main.go', '\t"fmt"\n', '<<<<<<< ours\n\t"fmt"\n=======\n\t"errors"\n>>>>>>> theirs\n'),
}, async (editor, module) => {
	const [mod, sums] = [await module.read('go.mod'), await module.read('go.sum')];
	await editor.showProblems();
	await editor.problem('lostrequire', /github\.com\/spf13\/cobra and 5 other requirements, but only because main\.go/);
	const question = editor.notification(/would drop .*github\.com\/spf13\/cobra.*only because main\.go does not parse/);
	const answer = async button => {
		await editor.command('gomodls: Tidy (go mod tidy)');
		await question.getByText(button, { exact: true }).click();
		await question.waitFor({ state: 'hidden' });
	};

	await answer('Cancel');
	assert.equal(await module.read('go.mod'), mod);
	assert.equal(await module.read('go.sum'), sums);
	await editor.onlyModified();

	await answer('Run go mod tidy anyway');
	await until('go.mod should have no requirement', () => module.read('go.mod'), text => !text.includes('require'));
	await editor.command('gomodls: Undo the Last Change to Module Files');
	await until('go.mod should be as it was', () => module.read('go.mod'), text => text === mod);
	await until('go.sum should be as it was', () => module.read('go.sum'), text => text === sums);
});

scenario('a private module that cannot be had: tidy names it, and does not run', {
	arrange: async module => {
		await module.edit('main.go', '\t"fmt"\n', '\t"fmt"\n\t_ "git.acme.internal/auth"\n');
		await module.edit('go.mod', '\tgolang.org/x/mod v0.29.0\n', '\tgit.acme.internal/auth v1.0.0\n\tgolang.org/x/mod v0.29.0\n');
	},
}, async (editor, module) => {
	const mod = await module.read('go.mod');
	await editor.showProblems();
	await editor.problem('lostrequire', /would drop git\.acme\.internal\/auth, but only because it is not on this machine/);
	await editor.problem('privategap', /git\.acme\.internal\/auth is private/);
	await editor.command('gomodls: Tidy (go mod tidy)');
	await editor.notification(/go mod tidy is not run: it would send out the path of git\.acme\.internal\/auth/).waitFor();
	assert.equal(await module.read('go.mod'), mod);
	assert.deepEqual(module.proxy.asked.filter(path => path.includes('acme')), []);
});

{
	let proxy;
	scenario("the Go extension's go.toolsEnvVars are go's environment", {
		arrange: async module => {
			proxy = await Proxy.start();
			await module.importMadeUp('example.com/made-up-env', proxy);
		},
		settings: async () => ({ user: { 'go.toolsEnvVars': { GOPROXY: proxy.url } } }),
	}, async (editor, module) => {
		await editor.status(/go\.mod/);
		await editor.command('gomodls: Tidy (go mod tidy)');
		await until('go.mod should have the module of that proxy', () => module.read('go.mod'), text => text.includes('example.com/made-up-env v1.0.0'));
		await editor.status(ok);
		proxy.stop();
	});
}
