// The messages between gomodls and its clients that are not part of LSP.

import type { Command } from 'vscode-languageclient/node';

/** The state of one module: what a status bar shows. Sent on every change of state, and the answer to HealthParams. */
export interface Health {
	uri: string;
	module: string;
	state: 'ok' | 'info' | 'warning' | 'error' | 'busy' | 'off';
	errors: number;
	warnings: number;
	information: number;
	hints: number;
	silenced: number;
	complete: boolean;
	text: string;
	tooltip: string;
	busy: { title: string; since: string; by: string } | null;
	actions: Command[];
}

export interface HealthParams {
	uri: string;
}

/** Asks the client to save documents, in this order. LSP has no such request. */
export interface SaveParams {
	uris: string[];
}

export interface SaveResult {
	/** Those that are now on disk as the client shows them. The first failure ends the list. */
	saved: string[];
}

/** Asks the client to show what files would become, beside what they are. */
export interface ShowDiffParams {
	title: string;
	files: { uri: string; newText: string }[];
	/** Makes these changes. */
	apply?: Command;
}

export interface InitializationOptions {
	/** Whether the user trusts the folder: a folder that is not trusted must not make the server run anything. */
	trusted: boolean;
	/** The settings under gomodls, so that the first diagnostics are the right ones. The server asks for changes later. */
	settings: unknown;
	/** gomodls/save is answered. */
	save: true;
	/** gomodls/showDiff is answered. */
	showDiff: true;
}

export const method = {
	health: 'gomodls/health',
	save: 'gomodls/save',
	showDiff: 'gomodls/showDiff',
} as const;
