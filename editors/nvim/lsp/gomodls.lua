-- The configuration that vim.lsp.enable("gomodls") reads; vim.lsp.config("gomodls", {…}) changes what it says.

local server = require('gomodls.server')

local language_ids = { gomod = 'go.mod', gosum = 'go.sum', gowork = 'go.work' }

---@type vim.lsp.Config
return {
  cmd = server.cmd(),
  filetypes = { 'gomod', 'gosum', 'gowork', 'go', 'yaml' }, -- of YAML only .gomodls.yaml
  root_dir = function(bufnr, on_dir)
    local root = server.root(bufnr)
    if root then
      on_dir(root)
    end
  end,
  get_language_id = function(_, filetype)
    return language_ids[filetype] or filetype
  end,
  -- The server answers at every keystroke, so every keystroke is sent.
  flags = { debounce_text_changes = 0 },
  capabilities = {
    workspace = {
      workspaceEdit = {
        documentChanges = true,
        resourceOperations = { 'create' },
        failureHandling = 'transactional',
      },
    },
  },
  init_options = {
    save = true,
    showDiff = true,
    trusted = server.trusted(nil),
  },
  before_init = function(params, config)
    params.initializationOptions =
      vim.tbl_extend('force', config.init_options, { trusted = server.trusted(config.root_dir) })
  end,
  on_exit = server.on_exit,
  handlers = require('gomodls.handlers'),
}
