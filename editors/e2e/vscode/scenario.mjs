// A scenario is one test, on a copy of the module. Those that need no start of their own share one window and one folder, which
// is emptied between them: that a window starts takes longer than most of what is done in it. When a scenario fails, what is
// needed to see why is kept in a folder whose name is printed, and the next gets a window of its own.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { goEnvironment, prepare } from './module.mjs';
import { VSCode } from './vscode.mjs';

let go, template;
const codes = new Map(); // by what restricts them

/** What all scenarios need is started by the first: a run that selects none of them starts nothing. */
const prepared = once(async () => {
	go = await goEnvironment();
	template = await prepare(go);
});

/** The window that scenarios share while nothing goes wrong in it, and the module that is open there. */
const shared = { editor: undefined, module: undefined };

async function started(restricted) {
	await prepared();
	if (!codes.has(restricted)) {
		codes.set(restricted, await VSCode.start({ ...go.env, ...await restricted?.(go.env) }, { restricted: Boolean(restricted) }));
	}
	return codes.get(restricted);
}

after(async () => {
	await closeShared();
	for (const code of codes.values()) {
		await code.stop();
	}
	await template?.remove();
	await go?.release();
});

function once(start) {
	let started;
	return () => started ??= start();
}

const declared = [];

/**
 * Declares a scenario. arrange changes the copy before it is opened at `file`; act does the rest. With one of the options
 * folder, settings and restricted it gets a window of its own.
 *
 * @param {string} name
 * @param {object} options
 * @param {string} [options.file] the file in the editor
 * @param {(module: import('./module.mjs').Module) => Promise<void>} [options.arrange]
 * @param {string} [options.folder] what is opened, when it is not the module: a folder or a .code-workspace
 * @param {(module: import('./module.mjs').Module) => Promise<{user?: object, machine?: object, folder?: object}>} [options.settings]
 *   what this scenario adds to the settings of the user, of the machine and of the folder
 * @param {(env: object) => Promise<object>} [options.restricted] opens the folder in a VS Code that trusts none, with this added to its environment
 * @param {(editor: import('./editor.mjs').Editor, module: import('./module.mjs').Module) => Promise<void>} act
 */
export function scenario(name, options, act) {
	const own = Boolean(options.folder || options.settings || options.restricted);
	declared.push({ name, file: 'go.mod', ...options, own, act });
}

/** Makes tests of the scenarios. Those that share a window come first: the settings of the others would be its own, too. */
export function run() {
	for (const one of declared.sort((a, b) => a.own - b.own)) {
		test(one.name, { timeout: 900_000 }, t => perform(t, one));
	}
}

async function perform(t, scenario) {
	const code = await started(scenario.restricted);
	if (scenario.own) {
		await closeShared();
	}
	const module = await template.copy(!scenario.own && shared.module);
	await scenario.arrange?.(module);
	await code.record();
	const another = !scenario.own && shared.editor;
	const editor = another || await (scenario.own ? openOwn : openShared)(code, module, scenario);
	const messages = [];
	const note = message => messages.push(`${message.type()}: ${message.text()}`);
	editor.page.on('console', note);
	try {
		if (another) {
			await editor.openFile(scenario.file);
		}
		await scenario.act(editor, module);
		if (!scenario.own) {
			await editor.closeAll();
		}
	} catch (error) {
		await keep(t, code, editor, messages);
		t.diagnostic(`the module as it was left: ${module.dir}`);
		await editor.page.close();
		Object.assign(shared, { editor: undefined, module: undefined });
		throw error;
	}
	editor.page.off('console', note);
	await code.recorded();
	if (scenario.own) {
		await editor.page.close();
		await module.remove();
	} else {
		await module.clear();
	}
}

async function openOwn(code, module, { folder = '', file, settings }) {
	const { user, machine, folder: folders } = await settings?.(module) ?? {};
	if (folders) {
		await module.write('.vscode/settings.json', JSON.stringify(folders));
	}
	await code.configure({ user, machine });
	return code.open(module.path(folder), module.path(file));
}

async function openShared(code, module, { file }) {
	await code.configure({});
	return Object.assign(shared, { module, editor: await code.open(module.dir, module.path(file)) }).editor;
}

/** Closes the window that scenarios have shared. */
async function closeShared() {
	if (shared.editor) {
		await shared.editor.page.close();
		await shared.module.remove();
		Object.assign(shared, { editor: undefined, module: undefined });
	}
}

/** Keeps what is needed to see why a scenario failed. */
async function keep(t, code, editor, messages) {
	const dir = await mkdtemp(join(tmpdir(), 'gomodls-failure-'));
	t.diagnostic(`screenshot, trace, logs: ${dir}`);
	await editor.page.screenshot({ path: join(dir, 'screenshot.png') }).catch(() => {});
	await code.recorded(join(dir, 'trace.zip'));
	await writeFile(join(dir, 'console.log'), messages.join('\n'));
	await writeFile(join(dir, 'code-server.log'), code.log.join('\n'));
	for (const text of await editor.notification('').allInnerTexts()) {
		t.diagnostic(`the editor says: ${text.replace(/\s+/g, ' ')}`);
	}
}
