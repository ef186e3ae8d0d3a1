-- The status line through a day: right, wrong, busy, right again; the server dies, and is there again.

local e2e = require('harness')

e2e.run(function()
  local release = e2e.hold_tidy()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local buf = e2e.open(dir .. '/go.mod')
  local original = e2e.text(buf)
  e2e.wait_for_state(buf, 'ok')
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  e2e.wait_for_state(buf, 'error')
  vim.cmd('Gomodls tidy')
  e2e.wait_for_state(buf, 'busy')
  release()
  e2e.wait_for_state(buf, 'ok')
  e2e.equal('the states were these', e2e.states, { 'ok', 'error', 'busy', 'ok' })
  e2e.equal('tidy has mended it', e2e.text(buf), original)

  -- Two faults that one command mends.
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  e2e.change(buf, '=> ./clock', '=> ./clok')
  e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.wait_for_diagnostic(buf, 'replacepath', './clok')
  vim.cmd('Gomodls fix')
  e2e.wait('all is fixed', function()
    return e2e.text(buf) == original
  end)
  e2e.wait_for_state(buf, 'ok')

  -- The server is killed, with unsaved changes in the buffer.
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  e2e.wait_for_state(buf, 'error')
  local function kill()
    local client = assert(e2e.client(buf))
    vim.uv.kill(e2e.pid(client), 'sigkill')
    return client
  end
  for _ = 1, 3 do
    local dead = kill()
    e2e.wait('the server is started again', function()
      local client = e2e.client(buf)
      return client and client.id ~= dead.id
    end)
    e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
    e2e.wait_for_state(buf, 'error')
  end
  e2e.equal('the fault is shown once', #e2e.diagnostics(buf, 'inconsistentversion'), 1)
  e2e.fix(buf, e2e.diagnostics(buf, 'inconsistentversion')[1], 'v1.0.10')
  e2e.wait_for_state(buf, 'ok')

  -- It dies too often.
  e2e.ok(
    'until then, gomodls has nothing to say of it',
    not e2e.noticed('gomodls: the server died')
  )
  kill()
  e2e.wait('then it stays dead, which is said', function()
    return e2e.noticed('gomodls: the server died 4 times')
  end)
  e2e.equal('the status is empty', require('gomodls').status(buf), '')
  vim.cmd('Gomodls restart')
  e2e.wait_for_state(buf, 'ok')
end)
