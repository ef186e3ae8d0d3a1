-- :Gomodls doctor shows what go would do here.

local e2e = require('harness')

e2e.run(function()
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  e2e.open(dir .. '/go.mod')
  vim.cmd('Gomodls doctor')
  e2e.wait('a window opens', function()
    return #vim.api.nvim_tabpage_list_wins(0) == 2
  end)
  local report = e2e.text(0)
  e2e.ok('it is about the module', report:find('example.com/farm in ' .. dir, 1, true), report)
  for _, name in ipairs({ 'GOPROXY', 'GOPRIVATE', 'GOSUMDB' }) do
    e2e.ok('it names ' .. name, report:find(name, 1, true), report)
  end
  e2e.ok('it cannot be changed', not vim.bo.modifiable)
  vim.api.nvim_feedkeys('q', 'x', false)
  e2e.equal('q closes it', #vim.api.nvim_tabpage_list_wins(0), 1)
end)
