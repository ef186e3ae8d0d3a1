// The VS Code client of gomodls. It starts the server and shows what it says; whatever can be decided by the server is.

import { CancellationError, ProgressLocation, Uri, commands, window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { WorkDoneProgressCancelNotification } from 'vscode-languageclient/node';
import type { LanguageClient, Middleware } from 'vscode-languageclient/node';
import { ask } from './arguments';
import { Diagnostics } from './diagnostics';
import { Doctor } from './doctor';
import { Previews, save } from './documents';
import { Notifications } from './progress';
import { method } from './protocol';
import type { Health, HealthParams, SaveParams, ShowDiffParams } from './protocol';
import { Server, needsRestart } from './server';
import { settings } from './settings';
import { Status } from './status';

const moduleFiles = ['go.mod', 'go.sum', 'go.work', 'go.work.sum', '.gomodls.yaml']
	.map(name => ({ scheme: 'file', pattern: `**/${name}` }));
const goFiles = { scheme: 'file', language: 'go' };

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
	const log = window.createOutputChannel('gomodls', { log: true });
	const diagnostics = new Diagnostics();
	const doctor = new Doctor();
	const previews = new Previews();
	const notifications = new Notifications(
		(title, task) => void window.withProgress({ location: ProgressLocation.Notification, cancellable: true, title }, task),
		token => void server?.running?.sendNotification(WorkDoneProgressCancelNotification.type, { token }),
	);
	const status = new Status(moduleFiles);

	// The health of every module the server has spoken of, and the one that is shown.
	const healths = new Map<string, Health>();
	let shown: string | undefined;

	const hear = (health: Health): void => {
		healths.set(health.uri, health);
		shown ??= health.uri;
		if (shown === health.uri) {
			status.show({ health });
		}
	};

	// The module to show is the active editor's. The server knows which that is; what it last said of it may be newer than
	// its answer.
	const follow = async (client: LanguageClient): Promise<void> => {
		const uri = activeFile();
		if (!uri) {
			return;
		}
		try {
			const params: HealthParams = { uri: uri.toString() };
			const answer = await client.sendRequest<Health | null>(method.health, params);
			if (answer && uri.toString() === activeFile()?.toString()) {
				shown = answer.uri;
				hear(healths.get(answer.uri) ?? answer);
			}
		} catch (error) {
			log.debug(`${method.health}: ${error}`);
		}
	};

	/** The file, or folder of the workspace, whose module a command of the palette means. */
	const subject = (): Uri | undefined =>
		activeFile() ?? (shown === undefined ? workspace.workspaceFolders?.[0]?.uri : Uri.parse(shown));

	const report = (error: unknown): void => {
		if (!(error instanceof CancellationError)) {
			const message = error instanceof Error ? error.message : String(error);
			void window.showErrorMessage(message, 'Show Log').then(button => button && log.show(true));
		}
	};

	// The server's commands are registered as it names them, for those of code actions are its to name. The palette gives no
	// arguments: then the module is that of the active editor.
	const middleware: Middleware = {
		handleDiagnostics: diagnostics.handle,
		handleWorkDoneProgress: notifications.handle,
		executeCommand: async (command, args, next) => {
			if (args.length === 0) {
				const more = await ask(command);
				if (!more) {
					return undefined;
				}
				args = [{ uri: subject()?.toString(), ...more }];
			}
			try {
				return await next(command, args);
			} catch (error) {
				report(error);
				return undefined;
			}
		},
		workspace: {
			configuration: ({ items }) => items.map(({ scopeUri, section }) =>
				section === 'gomodls' ? settings(context, scopeUri ? Uri.parse(scopeUri) : undefined) : null),
		},
	};

	server = new Server(context, log, [...moduleFiles, goFiles], middleware, {
		starting: () => {
			healths.clear();
			diagnostics.clear();
			notifications.clear();
			shown = undefined;
			status.show({ starting: true });
		},
		connect: client => {
			client.onNotification(method.health, (health: Health) => hear(health));
			client.onRequest(method.save, (params: SaveParams) => save(params));
			client.onRequest(method.showDiff, (params: ShowDiffParams) => previews.show(params));
		},
		running: client => void follow(client),
		failed: (problem, actions) => status.show({ problem, actions }),
	});

	const restart = () => server?.restart();
	const examine = async () => {
		const file = subject();
		if (server?.program && file) {
			const open = workspace.workspaceFolders?.some(({ uri }) => uri.toString() === file.toString());
			await doctor.show(server.program, open ? file : Uri.joinPath(file, '..')).catch(report);
		}
	};
	context.subscriptions.push(
		log, diagnostics, doctor, previews, status,
		commands.registerCommand('gomodls.showActions', () => status.pick()),
		commands.registerCommand('gomodls.showLog', () => log.show(true)),
		commands.registerCommand('gomodls.restart', restart),
		commands.registerCommand('gomodls.doctor', examine),
		workspace.onDidGrantWorkspaceTrust(restart),
		workspace.onDidChangeConfiguration(event => needsRestart(section => event.affectsConfiguration(section)) && restart()),
		window.onDidChangeActiveTextEditor(() => {
			const client = server?.running;
			if (client) {
				void follow(client);
			}
		}),
	);
	await server.restart();
}

export async function deactivate(): Promise<void> {
	await server?.stop();
}

/** The file in the active editor, or the one that it shows a preview of. */
function activeFile(): Uri | undefined {
	const uri = window.activeTextEditor && Previews.file(window.activeTextEditor.document.uri);
	return uri?.scheme === 'file' ? uri : undefined;
}
