--- gomodls: what a configuration calls. Everything else is loaded when the server needs it.

local M = {}

--- The health of the module or workspace that a buffer belongs to, as the server last reported it.
---@param bufnr integer? the current buffer if nil or 0
---@return gomodls.Health? health nil where no server speaks for the buffer
function M.health(bufnr)
  return require('gomodls.status').health(bufnr)
end

--- The health as a short text, such as "go.mod ✓", for any statusline:
---
---     vim.o.statusline = "%f %m%= %{v:lua.require'gomodls'.status()}"
---
---@param bufnr integer? the current buffer if nil or 0
---@return string text empty where no server speaks for the buffer
function M.status(bufnr)
  return require('gomodls.status').text(bufnr)
end

--- The same, with the colour of its state: for `%{%v:lua.require'gomodls'.statusline()%}`.
---@param bufnr integer? the current buffer if nil or 0
---@return string text in the format of 'statusline'
function M.statusline(bufnr)
  return require('gomodls.status').statusline(bufnr)
end

--- Starts the server for the files it knows, now and later. On Neovim 0.11 and newer it is vim.lsp.enable('gomodls').
function M.enable()
  require('gomodls.server').enable()
end

return M
