// A scenario is one test: a copy of the module, opened in a window of its own. When it fails, what is needed to see why is
// kept in a folder whose name is printed.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { goEnvironment, prepare } from './module.mjs';
import { VSCode } from './vscode.mjs';

let go, template;
const codes = new Map(); // by what restricts them

/** What all scenarios share is started by the first that needs it: a run that selects none of them starts nothing. */
const shared = once(async () => {
	go = await goEnvironment();
	template = await prepare(go.env);
});

async function started(restricted) {
	await shared();
	if (!codes.has(restricted)) {
		codes.set(restricted, await VSCode.start({ ...go.env, ...await restricted?.(go.env) }, { restricted: Boolean(restricted) }));
	}
	return codes.get(restricted);
}

after(async () => {
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

/**
 * Declares a scenario. arrange changes the copy before it is opened at `file`; act does the rest.
 *
 * @param {string} name
 * @param {object} options
 * @param {string} [options.file] the file in the editor
 * @param {string} [options.folder] what is opened, when it is not the module: a folder or a .code-workspace
 * @param {(module: import('./module.mjs').Module) => Promise<{user?: object, machine?: object} | void>} [options.arrange] returns the
 *   settings of the user and of the machine that this scenario adds to those of all
 * @param {(env: object) => Promise<object>} [options.restricted] opens the folder in a VS Code that trusts none, with this added to its environment
 * @param {(editor: import('./editor.mjs').Editor, module: import('./module.mjs').Module) => Promise<void>} act
 */
export function scenario(name, { file = 'go.mod', folder = '', arrange = async () => {}, restricted }, act) {
	test(name, { timeout: 900_000 }, async t => {
		const code = await started(restricted);
		const module = await template.copy();
		await code.configure(await arrange(module) ?? {});
		const editor = await code.open(module.path(folder), module.path(file));
		const messages = [];
		editor.page.on('console', message => messages.push(`${message.type()}: ${message.text()}`));
		let trace;
		try {
			await act(editor, module);
		} catch (error) {
			const dir = await keep(code, editor, messages);
			trace = join(dir, 'trace.zip');
			t.diagnostic(`screenshot, trace, logs: ${dir}`);
			for (const text of await editor.notification('').allInnerTexts()) {
				t.diagnostic(`the editor says: ${text.replace(/\s+/g, ' ')}`);
			}
			t.diagnostic(`the module as it was left: ${module.dir}`);
			throw error;
		} finally {
			await code.close(editor, trace);
		}
		await module.remove();
	});
}

async function keep(code, editor, messages) {
	const dir = await mkdtemp(join(tmpdir(), 'gomodls-failure-'));
	await editor.page.screenshot({ path: join(dir, 'screenshot.png') }).catch(() => {});
	await writeFile(join(dir, 'console.log'), messages.join('\n'));
	await writeFile(join(dir, 'code-server.log'), code.log.join('\n'));
	return dir;
}
