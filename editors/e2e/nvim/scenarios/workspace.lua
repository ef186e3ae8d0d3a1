-- A go.work with three modules.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  vim.fn.mkdir(dir .. '/bell')
  e2e.write(dir .. '/bell/go.mod', 'module example.com/bell\n\ngo 1.25\n')
  e2e.write(dir .. '/bell/bell.go', '// Package bell rings.\npackage bell\n')
  e2e.write(dir .. '/go.work', 'go 1.25\n\nuse (\n\t.\n\t./clock\n\t./bell\n)\n')
  e2e.go_accepts('go accepts the workspace', dir)

  local work = e2e.open(dir .. '/go.work')
  e2e.wait('the status names go.work', function()
    return require('gomodls').status():find('go.work', 1, true)
  end)
  e2e.wait_for_state(work, 'ok')
  local mods = {}
  for _, name in ipairs({ '', 'clock/', 'bell/' }) do
    local buf = e2e.open(dir .. '/' .. name .. 'go.mod')
    e2e.wait_for_state(buf, 'ok')
    table.insert(mods, buf)
  end
  e2e.equal('one server is enough', #vim.lsp.get_clients({ name = 'gomodls' }), 1)

  -- A fault in go.work.
  e2e.change(work, './bell', './bel')
  local diagnostic = e2e.wait_for_diagnostic(work, 'usepath', './bel')
  e2e.equal('it marks the path', e2e.marked(work, diagnostic), './bel')
  e2e.wait_for_state(work, 'error')
  e2e.fix(work, diagnostic, 'Remove ./bel')
  e2e.wait_for_state(work, 'ok')
  e2e.wait_for_diagnostic(mods[3], 'notinwork', 'go.work')
  vim.cmd('silent undo')
  e2e.equal('undo brings it back', e2e.text(work), e2e.read(dir .. '/go.work'))
  e2e.wait_for_state(work, 'ok')
  e2e.wait_for_state(mods[3], 'ok')

  -- A fault that two files make together: none is saved.
  e2e.change(mods[3], 'go 1.25', 'go 1.26')
  diagnostic = e2e.wait_for_diagnostic(work, 'lowgoline', '1.26')
  e2e.wait_for_state(work, 'error')
  vim.cmd('silent wall')
  e2e.go_refuses('go refuses the workspace', dir, 'go.work')
  e2e.fix(work, diagnostic, '1.26')
  e2e.wait_for_state(work, 'ok')
  vim.cmd('silent wall')
  e2e.go_accepts('go accepts the workspace', dir)

  -- The module in which one works is the one that the status is about.
  vim.api.nvim_set_current_buf(mods[1])
  e2e.change(mods[1], '=> ./clock', '=> ./clok')
  e2e.wait_for_state(mods[1], 'error')
  e2e.equal('the others are right', {
    require('gomodls').health(mods[2]).state,
    require('gomodls').health(mods[3]).state,
  }, { 'ok', 'ok' })
  vim.cmd('edit!')
end)
