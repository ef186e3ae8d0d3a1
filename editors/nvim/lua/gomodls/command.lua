--- :Gomodls, which does by name what gomodls can do with the module of the current buffer.

local M = {}

---@class gomodls.Subcommand
---@field command string? the command of the server that it runs
---@field argument string? what it wants after its name
---@field arguments? fun(argument: string): table|string what the command of the server wants, or why it cannot be
---@field complete? fun(lead: string): string[] of its argument
---@field run? fun() what it does when it is no command of the server

---@param message string
local function complain(message)
  vim.notify('gomodls: ' .. message, vim.log.levels.ERROR)
end

--- The server for the current buffer; says so where there is none.
---@return vim.lsp.Client?
local function client_here()
  local client = vim.lsp.get_clients({ name = 'gomodls', bufnr = 0 })[1]
  if not client then
    complain('no server runs for this file; see :checkhealth gomodls')
  end
  return client
end

---@return string uri of the go.mod or go.work that the current buffer belongs to
local function module_here()
  local health = require('gomodls').health()
  return health and health.uri or vim.uri_from_bufnr(0)
end

--- The modules that the current buffer's go.mod speaks of, with a version each.
---@return table<string, string>
local function modules_here()
  local path = vim.uri_to_fname(module_here())
  local bufnr = vim.fn.bufnr(path)
  local lines = {}
  if bufnr ~= -1 and vim.api.nvim_buf_is_loaded(bufnr) then
    lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, true)
  elseif vim.fn.filereadable(path) == 1 then
    lines = vim.fn.readfile(path)
  end
  local modules = {}
  for _, line in ipairs(lines) do
    local module, version = line:match('(%S+)%s+(v%d%S*)')
    if module then
      modules[module] = version
    end
  end
  return modules
end

---@param lead string
---@return string[]
local function complete_get(lead)
  local modules = modules_here()
  local module, version = lead:match('^(.-)@(.*)$')
  if not module then
    return vim.tbl_filter(function(path)
      return vim.startswith(path, lead)
    end, vim.tbl_keys(modules))
  end
  local queries = { 'latest', 'none', 'patch', 'upgrade', modules[module] }
  return vim.tbl_map(
    function(query)
      return module .. '@' .. query
    end,
    vim.tbl_filter(function(query)
      return vim.startswith(query, version)
    end, queries)
  )
end

local function open_log()
  vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log.get_filename()))
  vim.cmd.normal({ 'G', bang = true })
end

--- Applies every preferred fix of the file.
local function fix_all()
  if client_here() then
    vim.lsp.buf.code_action({
      apply = true,
      context = { only = { 'source.fixAll.gomodls' }, diagnostics = {} },
    })
  end
end

--- Shows what `gomodls doctor` says of the module.
local function doctor()
  local config = require('gomodls.server').config()
  local cmd = config.cmd
  if type(cmd) == 'function' then
    return complain('the server is started by a function; run `gomodls doctor` in a terminal')
  end
  local dir = vim.fs.dirname(vim.uri_to_fname(module_here()))
  local ok, err = pcall(vim.system, { cmd[1], 'doctor', dir }, {
    text = true,
    cwd = dir,
    env = config.cmd_env,
  }, function(result)
    vim.schedule(function()
      if result.stdout == '' then
        return complain(vim.trim(result.stderr))
      end
      vim.cmd('botright new')
      local bufnr = vim.api.nvim_get_current_buf()
      vim.bo[bufnr].buftype = 'nofile'
      vim.bo[bufnr].bufhidden = 'wipe'
      vim.bo[bufnr].swapfile = false
      vim.api.nvim_buf_set_name(bufnr, ('gomodls://%d/doctor'):format(bufnr))
      local text = vim.trim(result.stdout .. result.stderr)
      vim.api.nvim_buf_set_lines(bufnr, 0, -1, true, vim.split(text, '\r?\n'))
      vim.bo[bufnr].modifiable = false
      vim.bo[bufnr].filetype = 'gomodlsdoctor'
      vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = bufnr, desc = 'Close the report' })
    end)
  end)
  if not ok then
    complain(('%s does not start: %s'):format(cmd[1], err))
  end
end

---@type table<string, gomodls.Subcommand>
local subcommands = {
  tidy = { command = 'gomodls.tidy' },
  preview = { command = 'gomodls.tidyPreview' },
  download = { command = 'gomodls.download' },
  verify = { command = 'gomodls.verify' },
  vendor = { command = 'gomodls.vendor' },
  sync = { command = 'gomodls.workSync' },
  undo = { command = 'gomodls.undo' },
  cancel = { command = 'gomodls.cancel' },
  get = {
    command = 'gomodls.get',
    argument = 'MODULE@VERSION',
    complete = complete_get,
    arguments = function(argument)
      local module, version = argument:match('^([^@]+)@?(.*)$')
      if not module then
        return ('%q is not of the form MODULE@VERSION'):format(argument)
      end
      return { module = module, version = version ~= '' and version or 'latest' }
    end,
  },
  private = {
    command = 'gomodls.addPrivate',
    argument = 'PATTERN',
    arguments = function(argument)
      return { pattern = argument }
    end,
  },
  fix = { run = fix_all },
  doctor = { run = doctor },
  log = { run = open_log },
  restart = {
    run = function()
      require('gomodls.server').restart()
    end,
  },
}

--- Whether a server has a command.
---@param client vim.lsp.Client
---@param command string
---@return boolean
local function has_command(client, command)
  local provider = client.server_capabilities and client.server_capabilities.executeCommandProvider
  return vim.list_contains(provider and provider.commands or {}, command)
end

--- What ends a request without being a failure: it was cancelled, or what it asked about has changed.
local quiet = { [-32800] = true, [-32801] = true }

---@param client vim.lsp.Client
---@param command string
---@param arguments table
local function execute(client, command, arguments)
  local params = { command = command, arguments = { arguments } }
  local function handler(err)
    if err and not quiet[err.code] then
      complain(err.message)
    end
  end
  if vim.fn.has('nvim-0.11') == 1 then
    client:request('workspace/executeCommand', params, handler, 0)
  else
    client.request('workspace/executeCommand', params, handler, 0)
  end
end

--- Runs what was typed behind :Gomodls.
---@param line string
function M.run(line)
  local name, argument = line:match('^(%S+)%s*(.-)%s*$')
  local subcommand = subcommands[name]
  if not subcommand then
    local names = table.concat(M.complete('', 'Gomodls '), ', ')
    return complain(('no command %q; there are %s'):format(name, names))
  elseif subcommand.argument and argument == '' then
    return complain((':Gomodls %s wants %s'):format(name, subcommand.argument))
  elseif not subcommand.argument and argument ~= '' then
    return complain((':Gomodls %s wants nothing more'):format(name))
  elseif subcommand.run then
    return subcommand.run()
  end
  local client = client_here()
  if not client then
    return
  elseif not has_command(client, subcommand.command) then
    return complain(('the server that runs does not know %s'):format(subcommand.command))
  end
  local arguments = subcommand.arguments and subcommand.arguments(argument) or {}
  if type(arguments) == 'string' then
    return complain(arguments)
  end
  execute(client, subcommand.command, vim.tbl_extend('force', { uri = module_here() }, arguments))
end

--- Completes the command line: names first, then what a command wants.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local name = line:match('Gomodls!?%s+(%S+)%s')
  if name then
    local complete = subcommands[name] and subcommands[name].complete
    local found = complete and complete(lead) or {}
    table.sort(found)
    return found
  end
  local client = vim.lsp.get_clients({ name = 'gomodls', bufnr = 0 })[1]
  local names = vim.tbl_filter(function(candidate)
    local command = subcommands[candidate].command
    local offered = not command or not client or has_command(client, command)
    return offered and vim.startswith(candidate, lead)
  end, vim.tbl_keys(subcommands))
  table.sort(names)
  return names
end

return M
