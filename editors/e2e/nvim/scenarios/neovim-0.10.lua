-- Neovim 0.10 has no vim.lsp.enable; require('gomodls').enable() does the same there.

local e2e = require('harness')

e2e.run(function()
  e2e.equal('this is Neovim 0.10', vim.version().minor, 10)
  require('gomodls').enable()
  local dir = e2e.module()
  local path = dir .. '/go.mod'
  local original = e2e.read(path)
  local buf = e2e.open(path)
  e2e.wait_for_state(buf, 'ok')
  e2e.equal(
    'gra offers code actions',
    vim.fn.maparg('gra', 'n', false, true).desc,
    'vim.lsp.buf.code_action()'
  )
  e2e.ok('and in visual mode', vim.fn.maparg('gra', 'x') ~= '')

  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  local diagnostic = e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.wait_for_state(buf, 'error')
  e2e.fix(buf, diagnostic, 'v1.0.10')
  e2e.wait_for_state(buf, 'ok')
  e2e.equal('the fix restores the version', e2e.text(buf), original)
  e2e.ok('the buffer stays modified', vim.bo[buf].modified)
  vim.cmd.write()

  e2e.go(dir, 'mod', 'edit', '-require=github.com/spf13/pflag@v1.0.5')
  e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  vim.cmd('Gomodls tidy')
  e2e.wait('tidy mends it', function()
    return e2e.text(buf) == original
  end, 60000)
  e2e.wait_for_state(buf, 'ok')

  -- The server is killed, and is there again.
  local dead = assert(e2e.client(buf))
  vim.uv.kill(e2e.pid(dead), 'sigkill')
  e2e.wait('the server is started again', function()
    local client = e2e.client(buf)
    return client and client.id ~= dead.id
  end)
  e2e.wait_for_state(buf, 'ok')
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  e2e.wait_for_state(buf, 'error')
  vim.cmd('Gomodls fix')
  e2e.wait_for_state(buf, 'ok')

  vim.cmd('checkhealth gomodls')
  e2e.ok(
    'the health check has nothing against it',
    not e2e.text(0):find('ERROR', 1, true),
    e2e.text(0)
  )
end)
