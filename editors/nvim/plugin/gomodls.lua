-- What exists before the server does: highlight groups, :Gomodls, and the note that the server is missing.

if vim.g.loaded_gomodls then
  return
end
vim.g.loaded_gomodls = true

-- Plugin managers index the help; who puts this folder on the runtime path by hand would have no :help gomodls.
local doc = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h') .. '/doc'
if vim.fn.filewritable(doc) == 2 and vim.fn.filereadable(doc .. '/tags') == 0 then
  pcall(vim.cmd, 'helptags ' .. vim.fn.fnameescape(doc))
end

for group, link in pairs({
  GomodlsOk = 'DiagnosticOk',
  GomodlsInfo = 'DiagnosticInfo',
  GomodlsWarning = 'DiagnosticWarn',
  GomodlsError = 'DiagnosticError',
  GomodlsBusy = 'DiagnosticHint',
  GomodlsOff = 'Comment',
}) do
  vim.cmd.highlight({ 'default', 'link', group, link })
end

vim.api.nvim_create_user_command('Gomodls', function(args)
  require('gomodls.command').run(args.args)
end, {
  nargs = '+',
  desc = 'go.mod, go.sum and go.work: :Gomodls tidy, preview, download, …',
  complete = function(lead, line)
    return require('gomodls.command').complete(lead, line)
  end,
})

local group = vim.api.nvim_create_augroup('gomodls', {})

vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = { 'gomod', 'gosum', 'gowork' },
  desc = 'gomodls: say once that the server is missing',
  callback = function()
    require('gomodls.server').warn_if_missing()
  end,
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  desc = 'gomodls: reload a file that another program changes',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'gomodls' then
      require('gomodls.watch').start(event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('LspDetach', {
  group = group,
  desc = 'gomodls: forget the health that a stopped server reported',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'gomodls' then
      require('gomodls.watch').stop(event.buf)
      require('gomodls.server').when_gone(function()
        require('gomodls.status').prune()
        require('gomodls.gopls').prune()
      end)
    end
  end,
})

vim.api.nvim_create_autocmd('DiagnosticChanged', {
  group = group,
  desc = 'gomodls: show one fault once, where gopls reports it too',
  callback = function(event)
    local gopls = package.loaded['gomodls.gopls'] -- nothing is reported yet where it is not loaded
    if gopls then
      gopls.changed(event.buf, event.data.diagnostics)
    end
  end,
})
