-- A replacement by a directory: misspelt, missing, and made in a terminal while the editor looks on.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local path = dir .. '/go.mod'
  local original = e2e.read(path)
  local buf = e2e.open(path)
  e2e.wait_for_state(buf, 'ok')

  e2e.change(buf, '=> ./clock', '=> ./clok')
  local diagnostic = e2e.wait_for_diagnostic(buf, 'replacepath', './clok')
  e2e.equal('it is an error', diagnostic.severity, vim.diagnostic.severity.ERROR)
  e2e.equal('it marks the path', e2e.marked(buf, diagnostic), './clok')
  e2e.wait_for_state(buf, 'error')
  e2e.fix(buf, diagnostic, './clock')
  e2e.wait_for_state(buf, 'ok')
  e2e.equal('the fix finds the directory', e2e.text(buf), original)
  e2e.ok('the buffer stays modified', vim.bo[buf].modified)

  -- Columns are right where a character is more than one byte.
  e2e.change(buf, '=> ./clock', '=> ./Übergrößen/🕰 // tick')
  diagnostic = e2e.wait('the path is reported', function()
    return e2e.diagnostics(buf)[1]
  end)
  e2e.equal('it marks the path', e2e.marked(buf, diagnostic), './Übergrößen/🕰')
  e2e.change(buf, '=> ./Übergrößen/🕰 // tick', '=> ./clock')
  e2e.wait_for_state(buf, 'ok')

  e2e.change(buf, '=> ./clock', '=> ./chronometer')
  vim.cmd.write()
  e2e.wait_for_diagnostic(buf, 'replacepath', './chronometer')
  e2e.go_refuses('go refuses the missing directory', dir, 'chronometer')

  -- Now from a terminal; Neovim is not touched.
  e2e.copy(dir .. '/clock', dir .. '/chronometer')
  e2e.wait_for_state(buf, 'ok')
  e2e.go_accepts('go accepts the directory', dir)

  vim.fn.delete(dir .. '/chronometer', 'rf')
  e2e.wait_for_diagnostic(buf, 'replacepath', './chronometer')
  e2e.wait_for_state(buf, 'error')
end)
