// The life of the server process: find it, start it, start it again when it dies, and say once when that does not help.

import { homedir } from 'node:os';
import { commands, window, workspace } from 'vscode';
import type { Command, Disposable, ExtensionContext, LogOutputChannel } from 'vscode';
import { CloseAction, ErrorAction, ExecuteCommandRequest, LanguageClient, RevealOutputChannelOn } from 'vscode-languageclient/node';
import type { DocumentSelector, DynamicFeature, Middleware, StaticFeature } from 'vscode-languageclient/node';
import { expand, find, programIn } from './find';
import type { InitializationOptions } from './protocol';
import { settings } from './settings';

/** After so many deaths within the time the server is left dead until the user asks for it. */
const patience = { deaths: 4, milliseconds: 3 * 60 * 1000 };

/** The program that the server is, and the environment that it runs in. */
export interface Program {
	readonly path: string;
	readonly env: Record<string, string | undefined>;
}

export interface Listener {
	starting(): void;
	/** Called before the first message is read, for every new client. */
	connect(client: LanguageClient): void;
	running(client: LanguageClient): void;
	/** The server does not run and will not be started again by itself. */
	failed(problem: string, actions: Command[]): void;
}

export class Server implements Disposable {
	private client: LanguageClient | undefined;
	/** What was started last. */
	program: Program | undefined;
	private deaths: number[] = [];
	private queue: Promise<void> = Promise.resolve();
	/** Commands of the server that the palette offers now. */
	private offered: string[] = [];
	/** What stands for the server's commands. They stay while it is started again, and wait for it. */
	private readonly commands = new Map<string, Disposable>();

	constructor(
		private readonly context: ExtensionContext,
		private readonly log: LogOutputChannel,
		private readonly selector: DocumentSelector,
		private readonly middleware: Middleware,
		private readonly listener: Listener,
	) {}

	/** The client while the server runs. */
	get running(): LanguageClient | undefined {
		return this.client?.isRunning() ? this.client : undefined;
	}

	/** Starts the server, or stops it first where it runs. Resolves when it runs or has failed, and never rejects. */
	restart(): Promise<void> {
		this.deaths = [];
		return this.enqueue();
	}

	dispose(): void {
		void this.stop();
		for (const command of this.commands.values()) {
			command.dispose();
		}
	}

	async stop(): Promise<void> {
		const client = this.client;
		this.client = undefined;
		await this.offer([]);
		if (client?.needsStop()) {
			await client.stop().catch(error => this.log.warn(`stopping the server: ${error}`));
		}
	}

	/** One start at a time, so that two causes for a restart cannot leave two servers. */
	private enqueue(): Promise<void> {
		this.queue = this.queue.then(async () => {
			await this.stop();
			await this.start();
		});
		return this.queue;
	}

	private async start(): Promise<void> {
		this.listener.starting();
		const home = homedir();
		const env = environment(home, this.log);
		const configured = workspace.getConfiguration('gomodls').get('path', '').trim();
		const found = find({ configured, bundled: programIn(this.context.asAbsolutePath('bin')), env, home });
		if (!('path' in found)) {
			this.log.error(`no server program at any of:\n  ${found.looked.join('\n  ')}`);
			this.fail(configured !== ''
				? `The setting gomodls.path names ${found.looked[0]}, which is not a program.`
				: 'The gomodls program was not found. Install it with "go install github.com/gomodls/gomodls/cmd/gomodls@latest", or say where it is.',
				{ title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['gomodls.path'] });
			return;
		}
		this.log.info(`starting ${found.path}`);
		this.program = { path: found.path, env };

		const client: LanguageClient = new QuietClient('gomodls', 'gomodls', {
			command: found.path,
			args: ['serve', '--stdio'],
			// Not the opened folder: nothing may be found by a relative path.
			options: { env, cwd: home },
		}, {
			documentSelector: this.selector,
			outputChannel: this.log,
			traceOutputChannel: this.log,
			revealOutputChannelOn: RevealOutputChannelOn.Never,
			initializationOptions: (): InitializationOptions => ({
				trusted: workspace.isTrusted, settings: settings(this.context), save: true, showDiff: true,
			}),
			middleware: this.middleware,
			markdown: { supportThemeIcons: true },
			initializationFailedHandler: () => false,
			errorHandler: {
				error: () => ({ action: ErrorAction.Continue, handled: true }),
				closed: () => {
					this.died(client, 'it ended');
					return { action: CloseAction.DoNotRestart, handled: true };
				},
			},
		});
		this.client = client;
		this.listener.connect(client);
		try {
			await client.start();
		} catch (error) {
			// The same death may have been told, or will be, by closed.
			this.died(client, error instanceof Error ? error.message : String(error));
			return;
		}
		if (this.client === client) {
			const provided = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
			for (const command of provided.filter(command => !this.commands.has(command))) {
				this.commands.set(command, commands.registerCommand(command, (...args) => this.execute(command, args)));
			}
			await this.offer(provided);
			this.listener.running(client);
		}
	}

	private async execute(command: string, args: unknown[]): Promise<unknown> {
		await this.queue;
		const client = this.running;
		const next = async (command: string, args: unknown[]) => {
			if (!client) {
				throw new Error('The gomodls server does not run.');
			}
			try {
				return await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
			} catch (error) { // or it is thrown on, as a CancellationError where that is what it means
				return client.handleFailedRequest(ExecuteCommandRequest.type, undefined, error, undefined);
			}
		};
		return this.middleware.executeCommand ? this.middleware.executeCommand(command, args, next) : next(command, args);
	}

	private died(client: LanguageClient, reason: string): void {
		if (this.client !== client) {
			return;
		}
		this.client = undefined;
		void this.offer([]);
		const now = Date.now();
		this.deaths = [...this.deaths.filter(death => now - death < patience.milliseconds), now];
		if (this.deaths.length < patience.deaths) {
			this.log.warn(`starting the server again: ${reason}`);
			void this.enqueue();
		} else {
			this.fail(`The gomodls server failed ${this.deaths.length} times within three minutes and is not started again: ${reason}`);
		}
	}

	private fail(problem: string, action?: Command): void {
		this.log.error(problem);
		const actions = action ? [action] : [];
		this.listener.failed(problem, actions);
		const buttons: Command[] = [
			...actions,
			{ title: 'Restart', command: 'gomodls.restart' },
			{ title: 'Show Log', command: 'gomodls.showLog' },
		];
		void window.showErrorMessage(problem, ...buttons.map(button => button.title)).then(title => {
			const pressed = buttons.find(button => button.title === title);
			return pressed && commands.executeCommand(pressed.command, ...(pressed.arguments ?? []));
		});
	}

	/** Tells the palette which commands the server has: it shows the others disabled. */
	private async offer(offered: string[]): Promise<void> {
		const before = this.offered;
		this.offered = offered;
		for (const command of new Set([...before, ...offered])) {
			await commands.executeCommand('setContext', `${command}:offered`, offered.includes(command));
		}
	}
}

/**
 * Writes to the log what LanguageClient would put into a message of its own beside ours, and leaves the server's commands to us: it
 * takes them away while the server is started again, when somebody may be choosing one.
 */
class QuietClient extends LanguageClient {
	override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
		if (!('registrationType' in feature) || feature.registrationType.method !== ExecuteCommandRequest.method) {
			super.registerFeature(feature);
		}
	}

	override error(message: string, data?: unknown): void {
		super.error(message, data, false);
	}
}

/**
 * The environment of the server: VS Code's own with the Go extension's go.toolsEnvVars, so that both mean the same Go. Only the
 * user's own value counts, never the opened folder's.
 */
function environment(home: string, log: LogOutputChannel): Record<string, string | undefined> {
	// Windows has one variable per name in whatever case.
	const key = (name: string) => process.platform === 'win32' ? name.toUpperCase() : name;
	const env: Record<string, string | undefined> = {};
	for (const [name, value] of Object.entries(process.env)) {
		env[key(name)] = value;
	}
	const tools = workspace.getConfiguration('go').inspect<Record<string, unknown>>('toolsEnvVars');
	if (tools?.workspaceValue || tools?.workspaceFolderValue) {
		log.warn('go.toolsEnvVars of the opened folder is not used: a folder does not choose what is run and what is sent. Your own settings may.');
	}
	for (const [name, value] of Object.entries(tools?.globalValue ?? {})) {
		env[key(name)] = expand(String(value), process.env, home);
	}
	return env;
}

/** Whether a change of settings means another server process. */
export function needsRestart(affects: (section: string) => boolean): boolean {
	return affects('gomodls.path') || affects('go.toolsEnvVars');
}
