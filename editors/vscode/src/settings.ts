// What the server gets to know of the settings.

import { workspace } from 'vscode';
import type { ConfigurationScope, ExtensionContext } from 'vscode';

/**
 * The settings under `gomodls`, and of them only those that package.json declares: VS Code keeps an opened folder from
 * setting one whose scope is `machine`, but knows no scope of what is not declared.
 */
export function settings(context: ExtensionContext, scope?: ConfigurationScope): Record<string, unknown> {
	const declared: object = context.extension.packageJSON.contributes.configuration.properties;
	const prefix = 'gomodls.';
	const configuration = workspace.getConfiguration('gomodls', scope);
	return Object.fromEntries(Object.keys(declared)
		.map(key => key.slice(prefix.length))
		.map(key => [key, configuration.get(key)]));
}
