// What the server says of the commands that it runs, with a way to cancel them.

import { ProgressLocation, window } from 'vscode';
import type { Progress } from 'vscode';
import type { ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from 'vscode-languageclient/node';

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** What is done sooner is not worth a notification that comes and goes; the status bar says that it runs. */
const delay = 400;

interface Running {
	message: string | undefined;
	show: (message: string | undefined) => void;
	end: () => void;
}

export class Notifications {
	private readonly running = new Map<ProgressToken, Running>();

	constructor(private readonly cancel: (token: ProgressToken) => void) {}

	/** Takes one message about a command. next is the client's own way to show it, which is to put it where nobody looks. */
	readonly handle = (token: ProgressToken, value: Value, next: (token: ProgressToken, value: Value) => void): void => {
		const running = this.running.get(token);
		switch (value.kind) {
			case 'begin':
				this.running.set(token, this.begin(token, value.title));
				break;
			case 'report':
				if (running) {
					running.message = value.message;
					running.show(value.message);
				}
				break;
			case 'end':
				this.running.delete(token);
				running?.end();
				next(token, value);
		}
	};

	/** Takes all notifications off the screen: the server has ended. */
	clear(): void {
		this.running.forEach(running => running.end());
		this.running.clear();
	}

	private begin(token: ProgressToken, title: string): Running {
		const running: Running = { message: undefined, show: () => {}, end: () => clearTimeout(timer) };
		const timer = setTimeout(() => void window.withProgress(
			{ location: ProgressLocation.Notification, cancellable: true, title },
			(progress: Progress<{ message?: string }>, cancelled) => new Promise<void>(resolve => {
				cancelled.onCancellationRequested(() => this.cancel(token));
				running.show = message => message && progress.report({ message });
				running.end = resolve;
				running.show(running.message);
			})), delay);
		return running;
	}
}
