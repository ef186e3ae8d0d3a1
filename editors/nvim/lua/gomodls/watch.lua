--- Reloads an open go.mod, go.sum or go.work when another program writes it, as `go get` in a terminal does.
---
--- Neovim looks at files when it gains the focus; a status line should be right while the focus is in the terminal.
--- Buffers with unsaved changes, and those without 'autoread', are left alone.

local M = {}

local filetypes = { gomod = true, gosum = true, gowork = true }

---@type table<integer, uv.uv_fs_event_t>
local watchers = {}

---@param bufnr integer
local function reload(bufnr)
  if
    vim.api.nvim_buf_is_loaded(bufnr)
    and not vim.bo[bufnr].modified
    and vim.o.autoread
    and vim.bo[bufnr].buftype == ''
    and vim.uv.fs_stat(vim.api.nvim_buf_get_name(bufnr))
  then
    vim.cmd.checktime(bufnr)
  end
end

---@param bufnr integer
function M.start(bufnr)
  local path = vim.api.nvim_buf_get_name(bufnr)
  if watchers[bufnr] or not filetypes[vim.bo[bufnr].filetype] then
    return
  end
  local watcher = assert(vim.uv.new_fs_event())
  local name = vim.fs.basename(path)
  local due = false
  -- The folder, because go and git replace files by renaming others over them.
  local started = watcher:start(vim.fs.dirname(path), {}, function(err, changed)
    if err or changed ~= name or due then
      return
    end
    due = true
    vim.schedule(function()
      due = false
      reload(bufnr)
    end)
  end)
  if started then
    watchers[bufnr] = watcher
  else
    watcher:close()
  end
end

---@param bufnr integer
function M.stop(bufnr)
  if watchers[bufnr] then
    watchers[bufnr]:close()
    watchers[bufnr] = nil
  end
end

return M
