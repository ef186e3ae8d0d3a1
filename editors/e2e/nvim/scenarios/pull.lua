-- A Neovim that asks for diagnostics instead of being sent them.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.config('gomodls', { init_options = { pull = true } })
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local buf = e2e.open(dir .. '/go.mod')
  e2e.wait_for_state(buf, 'ok')
  e2e.ok(
    'the server lets itself be asked',
    assert(e2e.client(buf)).server_capabilities.diagnosticProvider
  )

  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  local diagnostic = e2e.wait_for_diagnostic(buf, 'inconsistentversion', 'github.com/spf13/pflag')
  e2e.equal('it marks the version', e2e.marked(buf, diagnostic), 'v1.0.5')
  e2e.equal('it is shown once', #e2e.diagnostics(buf, 'inconsistentversion'), 1)
  e2e.wait_for_state(buf, 'error')
  e2e.fix(buf, diagnostic, 'v1.0.10')
  e2e.wait_for_state(buf, 'ok')

  -- What a terminal does is asked for again without a keystroke.
  vim.cmd('silent write')
  e2e.go(dir, 'mod', 'edit', '-replace=example.com/clock=./chronometer')
  e2e.wait_for_diagnostic(buf, 'replacepath', './chronometer')
  e2e.copy(dir .. '/clock', dir .. '/chronometer')
  e2e.wait_for_state(buf, 'ok')
end)
