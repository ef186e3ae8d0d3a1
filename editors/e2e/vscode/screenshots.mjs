// Takes the pictures of VS Code that the documentation shows, into the folder that is named.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { goEnvironment, prepare } from './module.mjs';
import { Proxy } from './proxy.mjs';
import { until } from './editor.mjs';
import { VSCode } from './vscode.mjs';

const out = process.argv[2];
await mkdir(out, { recursive: true });

const user = {
	'breadcrumbs.enabled': false,
	'editor.fontSize': 14,
	'editor.lineNumbersMinChars': 3,
	'editor.overviewRulerBorder': false,
	'editor.renderLineHighlight': 'none',
	'editor.scrollBeyondLastLine': false,
	'editor.scrollbar.vertical': 'hidden',
	'remote.autoForwardPorts': false,
	'window.commandCenter': false,
	'workbench.activityBar.location': 'hidden',
	'workbench.layoutControl.enabled': false,
	'workbench.navigationControl.enabled': false,
	'workbench.sideBar.location': 'right',
};

const go = await goEnvironment();
const template = await prepare(go);
const code = await VSCode.start(go.env, { screen: { viewport: { width: 900, height: 440 }, deviceScaleFactor: 1.5 } });

/** Opens a copy of the module and takes pictures of it. */
async function session(arrange, act) {
	const module = await template.copy();
	await code.configure({ user, ...await arrange(module) });
	const editor = await code.open(module.dir, module.path('go.mod'));
	await editor.status(/\w/);
	await editor.typing();
	await editor.press('Control+b', editor.page.locator('.part.sidebar:not(:visible)'), 'attached');
	await act(editor, module);
	await editor.page.close();
	await module.remove();
}

/** Takes a picture of the window, or of a part of it. */
async function picture(editor, name, clip) {
	await editor.page.screenshot({ path: join(out, `${name}.png`), animations: 'disabled', ...(clip && { clip }) });
	console.log(`${name}.png`);
}

/** Takes a picture of the left end of the status bar, up to our item, once nothing moves in it any more. */
async function statusBar(editor, name) {
	await editor.page.mouse.move(450, 200);
	await editor.page.locator('.part.statusbar .codicon-radio-tower').waitFor();
	const clip = async () => {
		const bar = await editor.page.locator('.part.statusbar').boundingBox();
		const item = await editor.page.locator(`[id="${editor.extensionID}.gomodls.status"]`).boundingBox();
		return { x: 0, y: bar.y, width: Math.ceil(item.x + item.width + 4), height: bar.height };
	};
	await until('the status bar should not move while its picture is taken', async () => {
		const before = await clip();
		await picture(editor, name, before);
		return isDeepStrictEqual(before, await clip());
	}, still => still);
}

const [good, bad] = ['github.com/spf13/pflag v1.0.9', 'github.com/spf13/pflag v1.0.8'];

try {
	await session(async () => {}, async (editor, module) => {
		const before = await module.read('go.mod');
		await editor.status(/✓/);
		await statusBar(editor, 'status-ok');

		await editor.retype(before, `${good} // indirect`, good);
		await editor.status(/⚠ 1/);
		await statusBar(editor, 'status-warning');

		await editor.retype(before.replace(`${good} // indirect`, good), good, bad);
		await editor.status(/✗ 1/);
		await statusBar(editor, 'status-error');
		await editor.tooltip(/✗ go\.mod/);
		await picture(editor, 'vscode-status');
	});

	await session(async () => {}, async (editor, module) => {
		const before = await module.read('go.mod');
		await editor.status(/✓/);
		await editor.retype(before, good, bad);
		await editor.marked('error', 'v1.0.8');
		await editor.press('Control+k Control+i', editor.page.locator('.monaco-hover:visible').filter({ hasText: 'Quick Fix' }));
		await picture(editor, 'vscode-diagnostic');
		await editor.page.keyboard.press('Escape');
		const menu = editor.page.locator('.action-widget:not(.action-list-submenu-panel)');
		await editor.press('Control+.', menu);
		await menu.locator('.monaco-list-row.action').first().waitFor();
		await picture(editor, 'vscode-fix');
	});

	await session(async module => {
		await module.edit('go.mod', '\tgo.uber.org/multierr v1.10.0 // indirect\n', '');
	}, async editor => {
		await editor.command('gomodls: Preview Tidy');
		await editor.notification('go mod tidy would change').waitFor();
		await until('the diff should be there', () => editor.proposals(), text => text.includes('go.uber.org/multierr v1.10.0'));
		await picture(editor, 'vscode-preview');
	});

	await session(async module => {
		await module.copyDependency('golang.org/x/mod', '../mod');
		await module.write('go.mod', `${await module.read('go.mod')}\nreplace golang.org/x/mod => ${module.path('../mod')}\n`);
	}, async editor => {
		await editor.status(/ℹ 1/);
		await statusBar(editor, 'status-info');
	});

	await session(async module => ({
		// What tidy would do for want of these versions is a warning, which is not the picture.
		user: { ...user, 'gomodls.severity': { lostrequire: 'off' } },
		machine: { 'gomodls.env': { GOMODCACHE: module.path('../empty') } },
	}), async editor => {
		await editor.status(/\?/);
		await statusBar(editor, 'status-unknown');
	});

	await session(async module => ({ machine: { 'gomodls.path': module.path('../missing') } }), async editor => {
		await editor.status(/\[error\]/);
		await statusBar(editor, 'status-failed');
	});

	const proxy = await Proxy.start();
	await session(async module => {
		await module.edit('main.go', '\t"fmt"\n', '\t"fmt"\n\t_ "example.com/slow"\n');
		return { machine: { 'gomodls.env': { GOPROXY: proxy.url } } };
	}, async editor => {
		const release = proxy.hold();
		await editor.command('gomodls: Tidy (go mod tidy)');
		await editor.status(/\[sync\].*go mod tidy/);
		await statusBar(editor, 'status-busy');
		release();
	});
	proxy.stop();
} finally {
	await code.stop();
	await template.remove();
	await go.release();
}
