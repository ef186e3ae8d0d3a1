// The report of "gomodls doctor" about a folder, as a document that can be read, searched and copied.

import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { EventEmitter, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { Disposable, TextDocumentContentProvider } from 'vscode';
import type { Program } from './server';

const scheme = 'gomodls-doctor';

export class Doctor implements TextDocumentContentProvider, Disposable {
	private readonly reports = new Map<string, string>();
	private readonly changed = new EventEmitter<Uri>();
	private readonly subscriptions: Disposable[];
	readonly onDidChange = this.changed.event;

	constructor() {
		this.subscriptions = [
			this.changed,
			workspace.registerTextDocumentContentProvider(scheme, this),
			workspace.onDidCloseTextDocument(document => this.reports.delete(document.uri.toString())),
		];
	}

	/** Runs the program, which itself runs nothing, and shows what it says of the module that the folder belongs to. */
	async show({ path, env: inherited }: Program, folder: Uri): Promise<void> {
		// The server gets these settings from us. The doctor sees them as what they stand for.
		const configuration = workspace.getConfiguration('gomodls');
		const go = configuration.get('go', '');
		const env = { ...inherited, ...configuration.get<Record<string, string>>('env', {}) };
		if (go !== '') {
			env['PATH'] = [dirname(go), env['PATH'] ?? ''].join(delimiter);
		}
		const report = await window.withProgress(
			{ location: ProgressLocation.Notification, cancellable: true, title: 'gomodls doctor' },
			(_, token) => new Promise<string | undefined>((resolve, reject) => {
				const child = execFile(path, ['doctor', folder.fsPath], { env, cwd: homedir(), maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
					if (token.isCancellationRequested) {
						resolve(undefined);
					} else if (stdout === '') {
						reject(new Error(stderr.trim() || error?.message || 'gomodls doctor says nothing'));
					} else {
						resolve(stdout + stderr); // a status that is not 0 says that something is wrong; so does the report
					}
				});
				token.onCancellationRequested(() => child.kill());
			}));
		if (report === undefined) {
			return;
		}
		const uri = Uri.joinPath(folder, 'doctor.txt').with({ scheme });
		this.reports.set(uri.toString(), report);
		this.changed.fire(uri);
		await window.showTextDocument(uri, { preview: true });
	}

	provideTextDocumentContent(uri: Uri): string {
		return this.reports.get(uri.toString()) ?? '';
	}

	dispose(): void {
		this.subscriptions.forEach(subscription => subscription.dispose());
	}
}
