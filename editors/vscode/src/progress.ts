// What the server says of the commands that it runs, with a way to cancel them.

import type { CancellationToken, Progress } from 'vscode';
import type { ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from 'vscode-languageclient/node';

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** What is done sooner is not worth a notification that comes and goes; the status bar says that it runs. */
const delay = 400;

interface Running {
	message: string | undefined;
	show: (message: string | undefined) => void;
	end: () => void;
}

/** Shows a notification with a way to cancel it, for as long as the task takes. */
export type Show = (title: string, task: (progress: Progress<{ message?: string }>, cancelled: CancellationToken) => Promise<void>) => void;

export class Notifications {
	private readonly running = new Map<ProgressToken, Running>();

	private readonly notify: Show;
	private readonly cancel: (token: ProgressToken) => void;

	constructor(notify: Show, cancel: (token: ProgressToken) => void) {
		this.notify = notify;
		this.cancel = cancel;
	}

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
		// It may end before it is shown, while it is about to be, and later.
		let end = () => {};
		const ended = new Promise<void>(resolve => { end = resolve; });
		const running: Running = { message: undefined, show: () => {}, end };
		const timer = setTimeout(() => this.notify(title, (progress, cancelled) => {
			cancelled.onCancellationRequested(() => this.cancel(token));
			running.show = message => message && progress.report({ message });
			running.show(running.message);
			return ended;
		}), delay);
		void ended.then(() => clearTimeout(timer));
		return running;
	}
}
