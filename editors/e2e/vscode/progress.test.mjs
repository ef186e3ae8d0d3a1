// When the notification about a command comes and goes, whatever overtakes what.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Notifications } from '../../vscode/src/progress.ts';

mock.timers.enable({ apis: ['setTimeout'] });

/** Notifications, of which what is shown and cancelled is written down. */
function recorded() {
	const shown = [], cancelled = [];
	const notifications = new Notifications((title, task) => {
		const one = { title, reports: [], ended: false };
		shown.push(one);
		one.start = async () => {
			await task({ report: ({ message }) => one.reports.push(message) }, { onCancellationRequested: cancel => { one.cancel = cancel; } });
			one.ended = true;
		};
	}, token => cancelled.push(token));
	const send = value => notifications.handle('token', value, () => {});
	return { notifications, shown, cancelled, send };
}

const begin = { kind: 'begin', title: 'go mod tidy' };
const report = message => ({ kind: 'report', message });
const end = { kind: 'end' };
const settled = () => new Promise(resolve => setImmediate(resolve));

test('what is done soon is not shown', async () => {
	const { shown, send } = recorded();
	send(begin);
	send(end);
	await settled();
	mock.timers.tick(10_000);
	assert.deepEqual(shown, []);
});

test('what takes longer is shown until it ends, with its last message, and can be cancelled', async () => {
	const { shown, cancelled, send } = recorded();
	send(begin);
	send(report('one'));
	send(report('two'));
	mock.timers.tick(10_000);
	void shown[0].start();
	send(report('three'));
	assert.deepEqual(shown[0].reports, ['two', 'three']);
	shown[0].cancel();
	assert.deepEqual(cancelled, ['token']);
	assert.equal(shown[0].ended, false);
	send(end);
	await settled();
	assert.equal(shown[0].ended, true);
});

test('what ends before VS Code has begun to show it ends', async () => {
	const { shown, send } = recorded();
	send(begin);
	mock.timers.tick(10_000);
	send(end);
	await shown[0].start();
	assert.equal(shown[0].ended, true);
});

test('a server that ends takes its notifications with it', async () => {
	const { notifications, shown, send } = recorded();
	send(begin);
	mock.timers.tick(10_000);
	void shown[0].start();
	notifications.clear();
	await settled();
	assert.equal(shown[0].ended, true);
});
