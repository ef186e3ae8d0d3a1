--- Where the server is, and which folder it is started for.

local M = {}

--- The installed server: on PATH, else where `go install` puts it.
---@return string? path
function M.find()
  local on_path = vim.fn.exepath('gomodls')
  if on_path ~= '' then
    return on_path
  end
  local sep = vim.fn.has('win32') == 1 and ';' or ':'
  local dirs = {}
  if (vim.env.GOBIN or '') ~= '' then
    table.insert(dirs, vim.env.GOBIN)
  end
  for _, gopath in ipairs(vim.split(vim.env.GOPATH or '', sep, { trimempty = true })) do
    table.insert(dirs, gopath .. '/bin')
  end
  table.insert(dirs, vim.fn.expand('~/go/bin'))
  for _, dir in ipairs(dirs) do
    local path = vim.fn.exepath(dir .. '/gomodls')
    if path ~= '' then
      return path
    end
  end
end

---@return string[]
function M.cmd()
  return { M.find() or 'gomodls', 'serve' }
end

--- The folder to start the server for: that of the go.work above the file, else of the go.mod, else of the repository,
--- else the file's own. Go files outside of all that, and those of a dependency in the module cache, get no server, and
--- neither does YAML but for .gomodls.yaml.
---@param bufnr integer
---@return string?
function M.root(bufnr)
  local path = vim.fs.normalize(vim.api.nvim_buf_get_name(bufnr))
  local filetype = vim.bo[bufnr].filetype
  local is_go = filetype == 'go'
  if is_go and path:find('/pkg/mod/.*@v') then
    return nil
  elseif filetype == 'yaml' and vim.fs.basename(path) ~= '.gomodls.yaml' then
    return nil
  end
  for _, marker in ipairs({ 'go.work', 'go.mod', '.git' }) do
    local root = vim.fs.root(bufnr, marker)
    if root then
      return root
    end
  end
  return not is_go and vim.fs.dirname(path) or nil
end

--- The configuration in force, with what the user has changed.
---@return vim.lsp.Config
function M.config()
  if vim.lsp.config then
    return vim.lsp.config.gomodls
  end
  return dofile(vim.api.nvim_get_runtime_file('lsp/gomodls.lua', false)[1])
end

--- Whether the user trusts a folder, so that what runs the go command there may be asked for.
---@param root string? nil for those of which nothing is known
---@return boolean
function M.trusted(root)
  local trusted = vim.g.gomodls_trusted
  if type(trusted) == 'function' then
    return root ~= nil and trusted(root) == true
  end
  return trusted == nil or trusted == true
end

--- Calls a function when Neovim has forgotten the clients that have just exited or detached, which takes it two turns.
---@param callback fun()
function M.when_gone(callback)
  vim.schedule(function()
    vim.schedule(callback)
  end)
end

--- After so many deaths within the time, in seconds, a server is left dead.
local patience = { deaths = 4, seconds = 180 }

---@type table<string, integer[]> times of deaths, by folder
local deaths = {}

--- Starts a server again that has crashed or was killed, for the buffers that it had; but not without end.
---@param code integer
---@param signal integer
---@param client_id integer
function M.on_exit(code, signal, client_id)
  local asked = code == 0 and (signal == 0 or signal == 15)
  local client = vim.lsp.get_client_by_id(client_id)
  if asked or not client then
    return
  end
  local root = client.config.root_dir or ''
  local buffers = vim.tbl_keys(client.attached_buffers)
  local now = os.time()
  deaths[root] = vim.tbl_filter(function(time)
    return now - time < patience.seconds
  end, deaths[root] or {})
  table.insert(deaths[root], now)

  M.when_gone(function()
    if vim.v.exiting ~= vim.NIL then
      return
    elseif #deaths[root] >= patience.deaths then
      deaths[root] = nil
      vim.notify(
        ('gomodls: the server died %d times within three minutes and stays dead; %s'):format(
          patience.deaths,
          ':Gomodls log may say why, :Gomodls restart starts it'
        ),
        vim.log.levels.ERROR
      )
      return
    end
    for _, bufnr in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(bufnr) then
        vim.lsp.start(client.config, { bufnr = bufnr })
      end
    end
  end)
end

--- Starts the servers anew, and those that have died.
function M.restart()
  local running = vim.lsp.get_clients({ name = 'gomodls' })
  for _, client in ipairs(running) do
    if vim.fn.has('nvim-0.11') == 1 then
      client:stop()
    else
      client.stop()
    end
  end
  -- Those that do not stop in time stay; then this starts what is missing.
  vim.wait(2000, function()
    return #vim.lsp.get_clients({ name = 'gomodls' }) == 0
  end, 10)
  local filetypes = M.config().filetypes
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if
      vim.api.nvim_buf_is_loaded(bufnr) and vim.tbl_contains(filetypes, vim.bo[bufnr].filetype)
    then
      M.start(bufnr)
    end
  end
end

--- Starts the server for a buffer, or lets one that runs know of it.
---@param bufnr integer
function M.start(bufnr)
  local config = M.config()
  local cmd = config.cmd
  if vim.bo[bufnr].buftype ~= '' or type(cmd) == 'table' and vim.fn.executable(cmd[1]) == 0 then
    return
  end
  config.root_dir(bufnr, function(root)
    local capabilities = vim.lsp.protocol.make_client_capabilities()
    vim.lsp.start(
      vim.tbl_extend('force', config, {
        name = 'gomodls',
        root_dir = root,
        capabilities = vim.tbl_deep_extend('force', capabilities, config.capabilities or {}),
      }),
      { bufnr = bufnr }
    )
  end)
end

local enabled = false

---@return boolean
function M.is_enabled()
  if vim.lsp.is_enabled then
    return vim.lsp.is_enabled('gomodls')
  elseif vim.lsp.enable then
    return vim.lsp._enabled_configs.gomodls ~= nil -- 0.11 cannot be asked otherwise
  end
  return enabled
end

--- Maps `gra` to the code actions in module files, as Neovim does from 0.11 on. In 0.10 it would be `gr` and `a`, and
--- write an "a" over the character under the cursor.
local function map_code_actions()
  vim.api.nvim_create_autocmd('LspAttach', {
    group = vim.api.nvim_create_augroup('gomodls.map', {}),
    desc = 'gomodls: map gra where nothing is mapped to it',
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      local is_module_file =
        vim.tbl_contains({ 'gomod', 'gosum', 'gowork' }, vim.bo[event.buf].filetype)
      if not client or client.name ~= 'gomodls' or not is_module_file then
        return
      end
      vim.api.nvim_buf_call(event.buf, function()
        for _, mode in ipairs({ 'n', 'x' }) do
          if vim.fn.maparg('gra', mode) == '' then
            vim.keymap.set(mode, 'gra', vim.lsp.buf.code_action, {
              buffer = event.buf,
              desc = 'vim.lsp.buf.code_action()',
            })
          end
        end
      end)
    end,
  })
end

function M.enable()
  if vim.lsp.enable then
    vim.lsp.enable('gomodls')
    if vim.v.vim_did_enter == 0 then
      -- Before that, Neovim does not look at the files that are open already, such as those of its command line.
      vim.api.nvim_create_autocmd('VimEnter', {
        once = true,
        callback = function()
          vim.lsp.enable('gomodls')
        end,
      })
    end
    return
  elseif enabled then
    return
  end
  enabled = true
  map_code_actions()

  local filetypes = M.config().filetypes
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('gomodls.start', {}),
    pattern = filetypes,
    desc = 'gomodls: start the server',
    callback = function(event)
      M.start(event.buf)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if
      vim.api.nvim_buf_is_loaded(bufnr) and vim.tbl_contains(filetypes, vim.bo[bufnr].filetype)
    then
      M.start(bufnr)
    end
  end
end

--- Says once that the server cannot be found: Neovim itself would stay silent.
function M.warn_if_missing()
  if not M.is_enabled() then
    return
  end
  local cmd = M.config().cmd
  if type(cmd) == 'table' and vim.fn.executable(cmd[1]) == 0 then
    vim.notify_once(
      ('gomodls: %s is not installed, so go.mod is not checked; see :help gomodls-install'):format(
        cmd[1]
      ),
      vim.log.levels.WARN
    )
  end
end

return M
