--- :checkhealth gomodls.

local M = {}

local health = vim.health

--- What a program prints. It does not run in the folder that is open, whose go.mod could choose another toolchain.
---@param cmd string[]
---@return string? output nil when it cannot be run or fails
local function output(cmd)
  local ok, result = pcall(function()
    local env = { GOTOOLCHAIN = 'local', GOWORK = 'off' }
    return vim.system(cmd, { text = true, cwd = vim.uv.os_homedir(), env = env }):wait(5000)
  end)
  return ok and result.code == 0 and vim.trim(result.stdout) or nil
end

local function check_neovim()
  health.start('gomodls: Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok(tostring(vim.version()))
  elseif vim.fn.has('nvim-0.10') == 1 then
    health.ok(("%s; enabled with require('gomodls').enable()"):format(tostring(vim.version())))
  else
    health.error('Neovim 0.10 or newer is needed')
  end
  if not require('gomodls.server').is_enabled() then
    health.error('gomodls is not enabled', { "put vim.lsp.enable('gomodls') into your init.lua" })
  end
end

local function check_server()
  health.start('gomodls: server')
  local cmd = require('gomodls.server').config().cmd
  if type(cmd) == 'function' then
    health.info('started by a function of your configuration')
  elseif vim.fn.executable(cmd[1]) == 0 then
    health.error(cmd[1] .. ' is not an executable file', {
      'go install github.com/gomodls/gomodls/cmd/gomodls@latest',
      "or say where it is: vim.lsp.config('gomodls', { cmd = { '/path/to/gomodls', 'serve' } })",
    })
  else
    local path = vim.fn.exepath(cmd[1])
    local version = output({ path, 'version' })
    if version then
      health.ok(('%s: %s'):format(path, version))
    else
      health.error(('`%s version` failed'):format(path), { 'install gomodls anew' })
    end
  end

  local go = vim.fn.exepath('go')
  if go ~= '' then
    health.ok(('%s: %s'):format(go, output({ go, 'env', 'GOVERSION' }) or 'does not run'))
  else
    health.warn(
      'there is no go on PATH',
      { 'diagnostics work; tidy, download, verify and vendor need it' }
    )
  end
  local trusted = vim.g.gomodls_trusted
  health.info(
    'trusted: '
      .. (type(trusted) == 'function' and 'as your function says' or tostring(trusted ~= false))
  )
end

local function check_clients()
  health.start('gomodls: running')
  local clients = vim.lsp.get_clients({ name = 'gomodls' })
  if #clients == 0 then
    health.info(
      'no server is running; it starts when you open a go.mod, go.sum, go.work or Go file'
    )
  end
  for _, client in ipairs(clients) do
    local files = {}
    for _, bufnr in ipairs(vim.tbl_keys(client.attached_buffers)) do
      local reported = require('gomodls').health(bufnr)
      local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':~:.')
      table.insert(files, ('  %s: %s'):format(name, reported and reported.state or 'no report yet'))
    end
    table.sort(files)
    health.ok(
      ('in %s\n%s'):format(client.config.root_dir or 'no folder', table.concat(files, '\n'))
    )
  end
  health.info('log: ' .. vim.lsp.log.get_filename())
end

function M.check()
  check_neovim()
  check_server()
  check_clients()
end

return M
