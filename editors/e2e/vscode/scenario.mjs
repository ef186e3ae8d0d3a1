// A scenario is one test: a copy of the module, opened in a window of its own. When it fails, what is needed to see why is
// kept in a folder whose name is printed.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { goEnvironment, prepare } from './module.mjs';
import { VSCode } from './vscode.mjs';

let template, code;

/** What all scenarios share is started by the first: a run that selects none of them starts nothing. */
const shared = once(async () => {
	const env = await goEnvironment();
	template = await prepare(env);
	code = await VSCode.start(env);
});

after(async () => {
	await code?.stop();
	await template?.remove();
});

function once(start) {
	let started;
	return () => started ??= start();
}

/**
 * Declares a scenario. arrange changes the copy before it is opened at `file`; act does the rest.
 *
 * @param {string} name
 * @param {{file?: string, arrange?: (module: import('./module.mjs').Module) => Promise<void>}} options
 * @param {(editor: import('./editor.mjs').Editor, module: import('./module.mjs').Module) => Promise<void>} act
 */
export function scenario(name, { file = 'go.mod', arrange = async () => {} }, act) {
	test(name, { timeout: 180_000 }, async t => {
		await shared();
		const module = await template.copy();
		await arrange(module);
		const editor = await code.open(module.dir, file);
		const messages = [];
		editor.page.on('console', message => messages.push(`${message.type()}: ${message.text()}`));
		try {
			await act(editor, module);
		} catch (error) {
			t.diagnostic(`screenshot, trace, logs: ${await keep(editor, messages)}`);
			for (const text of await editor.notification('').allInnerTexts()) {
				t.diagnostic(`the editor says: ${text.replace(/\s+/g, ' ')}`);
			}
			t.diagnostic(`the module as it was left: ${module.dir}`);
			throw error;
		} finally {
			await editor.page.context().close();
		}
		await module.remove();
	});
}

async function keep(editor, messages) {
	const dir = await mkdtemp(join(tmpdir(), 'gomodls-failure-'));
	await editor.page.screenshot({ path: join(dir, 'screenshot.png') }).catch(() => {});
	await editor.page.context().tracing.stop({ path: join(dir, 'trace.zip') }).catch(() => {});
	await writeFile(join(dir, 'console.log'), messages.join('\n'));
	await writeFile(join(dir, 'code-server.log'), code.log.join('\n'));
	return dir;
}
