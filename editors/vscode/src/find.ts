// Finding the server program. Nothing here knows VS Code: what is looked at comes in as arguments.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Places {
	/** The setting `gomodls.path`; when it is not empty, nothing else is looked at. */
	readonly configured: string;
	/** Where the extension carries its own program, if this build of it does. */
	readonly bundled: string;
	readonly env: Environment;
	readonly home: string;
}

/** The program to run, or where it was looked for in vain. */
export type Found = { readonly path: string } | { readonly looked: readonly string[] };

const program = process.platform === 'win32' ? 'gomodls.exe' : 'gomodls';

export function find({ configured, bundled, env, home }: Places): Found {
	if (configured !== '') {
		const path = expand(configured, env, home);
		return isProgram(path) ? { path } : { looked: [path] };
	}
	// A relative entry of PATH would let the opened folder choose the program.
	const inPath = list(env['PATH']).filter(isAbsolute);
	const goPath = list(env['GOPATH'] || join(home, 'go'));
	const bins = env['GOBIN'] ? [env['GOBIN']] : goPath.map(dir => join(dir, 'bin'));
	const looked = [bundled, ...[...inPath, ...bins].map(dir => join(dir, program))];
	const path = looked.find(isProgram);
	return path === undefined ? { looked } : { path };
}

/** The path of the program inside a folder `bin`. */
export function programIn(dir: string): string {
	return join(dir, program);
}

/** Replaces a leading `~` and every `${env:NAME}`, as the Go extension does in its settings. */
export function expand(value: string, env: Environment, home: string): string {
	return value
		.replace(/\$\{env:([^}]*)\}/g, (_, name: string) => env[name] ?? '')
		.replace(/^~(?=$|[/\\])/, () => home);
}

function list(value: string | undefined): string[] {
	return (value ?? '').split(delimiter).filter(entry => entry !== '');
}

function isProgram(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return isAbsolute(path) && statSync(path).isFile();
	} catch {
		return false;
	}
}
