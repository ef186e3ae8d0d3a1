// What the palette cannot give to a command, asked of the user.

import { window } from 'vscode';

/** The arguments of a command beside the file, or undefined where the user does not want to go on. */
export async function ask(command: string): Promise<Record<string, string> | undefined> {
	switch (command) {
		case 'gomodls.get': {
			const answer = await window.showInputBox({
				title: 'go get', prompt: 'A module, and after an @ its version', placeHolder: 'golang.org/x/mod@latest',
				validateInput: text => /\s/.test(text.trim()) ? 'One module, without spaces' : undefined,
			});
			const [module, version] = (answer ?? '').trim().split('@');
			return module ? { module, version: version || 'latest' } : undefined;
		}
		case 'gomodls.addPrivate': {
			const pattern = await window.showInputBox({
				title: 'go env -w GOPRIVATE', prompt: 'A pattern of module paths that are private', placeHolder: 'git.example.com/team',
				validateInput: text => /\s/.test(text.trim()) ? 'One pattern, without spaces' : undefined,
			});
			return pattern?.trim() ? { pattern: pattern.trim() } : undefined;
		}
		default:
			return {};
	}
}
