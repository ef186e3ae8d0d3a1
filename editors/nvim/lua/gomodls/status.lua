--- The health of modules, as the server reports it with the notification `gomodls/health`.
---
--- Reports are kept by client and by the file that they are about; a buffer shows the report of the nearest module.

---@alias gomodls.State 'ok'|'info'|'warning'|'error'|'busy'|'off'

---@class gomodls.Health
---@field uri string of the go.mod or go.work that it is about
---@field module string
---@field state gomodls.State
---@field errors integer
---@field warnings integer
---@field information integer
---@field hints integer
---@field silenced integer
---@field complete boolean false while facts are missing on this machine
---@field text string for a status line
---@field tooltip string markdown
---@field busy? {title: string, since: string, by: string}
---@field actions {title: string, command: string, arguments: any[]}[]

local M = {}

local groups = {
  ok = 'GomodlsOk',
  info = 'GomodlsInfo',
  warning = 'GomodlsWarning',
  error = 'GomodlsError',
  busy = 'GomodlsBusy',
  off = 'GomodlsOff',
}

---@type table<integer, table<string, gomodls.Health>> client id → path → report
local reports = {}

---@param health gomodls.Health?
local function announce(health)
  vim.api.nvim_exec_autocmds('User', { pattern = 'GomodlsHealth', modeline = false, data = health })
  vim.cmd('redrawstatus!')
end

--- Keeps a report and shows it.
---@param health gomodls.Health
---@param client_id integer
function M.set(health, client_id)
  if health.busy == vim.NIL then
    health.busy = nil
  end
  reports[client_id] = reports[client_id] or {}
  -- A report without text ends what was said before.
  reports[client_id][vim.uri_to_fname(health.uri)] = health.text ~= '' and health or nil
  announce(health)
end

--- Forgets the reports of clients that are gone.
function M.prune()
  for id in pairs(reports) do
    if not vim.lsp.get_client_by_id(id) then
      reports[id] = nil
      announce(nil)
    end
  end
end

--- How near a report's file is to a buffer's file: nil when it is not about it, more when it is nearer.
---@param path string of the buffer
---@param reported string path of a go.mod or go.work
---@return integer?
local function nearness(path, reported)
  if path == reported then
    return math.huge
  end
  local dir = vim.fs.dirname(reported)
  if path ~= dir and not vim.startswith(path, dir == '/' and dir or dir .. '/') then
    return nil
  end
  -- In a folder that has both, go.work.sum belongs to go.work and everything else to go.mod.
  local workspace = vim.fs.basename(reported) == 'go.work'
  return 2 * #dir + (workspace == (vim.fs.basename(path) == 'go.work.sum') and 1 or 0)
end

---@param bufnr integer?
---@return gomodls.Health?
function M.health(bufnr)
  local path = vim.fs.normalize(vim.api.nvim_buf_get_name(bufnr or 0))
  local best, found = -1, nil
  for id, by_path in pairs(reports) do
    if vim.lsp.get_client_by_id(id) then
      for reported, health in pairs(by_path) do
        local near = nearness(path, vim.fs.normalize(reported))
        if near and near > best then
          best, found = near, health
        end
      end
    end
  end
  return found
end

---@param bufnr integer?
---@return string
function M.text(bufnr)
  local health = M.health(bufnr)
  return health and health.text or ''
end

---@param bufnr integer?
---@return string
function M.statusline(bufnr)
  local health = M.health(bufnr)
  if not health or health.text == '' then
    return ''
  end
  local text = health.text:gsub('%%', '%%%%')
  return ('%%#%s#%s%%*'):format(groups[health.state] or 'GomodlsOff', text)
end

--- The highlight group of a buffer's state.
---@param bufnr integer?
---@return string?
function M.group(bufnr)
  local health = M.health(bufnr)
  return health and groups[health.state]
end

return M
