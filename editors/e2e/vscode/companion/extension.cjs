// A second language client, as plain as may be: what it shows is what its server says.

const { window, workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = async () => {
	const settings = workspace.getConfiguration('companion');
	const command = settings.get('command');
	if (!command) {
		return;
	}
	client = new LanguageClient('companion', 'companion', { command, args: settings.get('args') }, {
		documentSelector: ['go.mod', 'go.sum', 'go.work', 'go'].map(language => ({ scheme: 'file', language })),
		outputChannel: window.createOutputChannel('companion', { log: true }),
		initializationOptions: settings.get('initializationOptions'),
	});
	await client.start();
};

exports.deactivate = () => client?.stop();
