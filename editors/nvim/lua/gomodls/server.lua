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
--- else the file's own. Go files outside of all that, and those of a dependency in the module cache, get no server.
---@param bufnr integer
---@return string?
function M.root(bufnr)
  local path = vim.fs.normalize(vim.api.nvim_buf_get_name(bufnr))
  local is_go = vim.bo[bufnr].filetype == 'go'
  if is_go and path:find('/pkg/mod/.*@v') then
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
  local config = M.config()

  ---@param bufnr integer
  local function start(bufnr)
    if vim.bo[bufnr].buftype ~= '' or vim.fn.executable(config.cmd[1]) == 0 then
      return
    end
    config.root_dir(bufnr, function(root)
      vim.lsp.start(
        vim.tbl_extend('force', config, {
          name = 'gomodls',
          root_dir = root,
          capabilities = vim.tbl_deep_extend(
            'force',
            vim.lsp.protocol.make_client_capabilities(),
            config.capabilities
          ),
        }),
        { bufnr = bufnr }
      )
    end)
  end

  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('gomodls.start', {}),
    pattern = config.filetypes,
    desc = 'gomodls: start the server',
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if
      vim.api.nvim_buf_is_loaded(bufnr)
      and vim.tbl_contains(config.filetypes, vim.bo[bufnr].filetype)
    then
      start(bufnr)
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
