--- :Gomodls, which asks the server to run one of its commands on the module of the current buffer.

local M = {}

---@type table<string, string>
local commands = {
  tidy = 'gomodls.tidy',
  preview = 'gomodls.tidyPreview',
  download = 'gomodls.download',
  verify = 'gomodls.verify',
  vendor = 'gomodls.vendor',
  undo = 'gomodls.undo',
  cancel = 'gomodls.cancel',
}

--- What ends a request without being a failure: it was cancelled, or what it asked about has changed.
local quiet = { [-32800] = true, [-32801] = true }

---@param message string
local function complain(message)
  vim.notify('gomodls: ' .. message, vim.log.levels.ERROR)
end

local function open_log()
  vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log.get_filename()))
  vim.cmd.normal({ 'G', bang = true })
end

---@param name string
function M.run(name)
  if name == 'log' then
    return open_log()
  end
  local command = commands[name]
  if not command then
    return complain(
      ('no command %q; there are %s'):format(name, table.concat(M.complete(''), ', '))
    )
  end
  local bufnr = vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ name = 'gomodls', bufnr = bufnr })[1]
  if not client then
    return complain('no server runs for this file; see :checkhealth gomodls')
  end
  local health = require('gomodls').health(bufnr)
  local params = {
    command = command,
    arguments = { { uri = health and health.uri or vim.uri_from_bufnr(bufnr) } },
  }
  local function handler(err)
    if err and not quiet[err.code] then
      complain(err.message)
    end
  end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request('workspace/executeCommand', params, handler, bufnr)
  else
    client.request('workspace/executeCommand', params, handler, bufnr)
  end
end

---@param lead string
---@return string[]
function M.complete(lead)
  local names = vim.tbl_keys(commands)
  table.insert(names, 'log')
  table.sort(names)
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names)
end

return M
