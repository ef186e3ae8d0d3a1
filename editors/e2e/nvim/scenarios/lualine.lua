-- The component for lualine, in the real lualine: the state in its colour, and what follows it.

local e2e = require('harness')

--- Waits until lualine shows a text in the colour of a group.
---@param text string
---@param group string
local function wait_for(text, group)
  e2e.wait(('lualine shows %s as %s'):format(text, group), function()
    local shown = vim.api.nvim_eval_statusline(vim.wo.statusline, { highlights = true })
    local at = shown.str:find(text, 1, true)
    return at
      and vim.iter(shown.highlights):any(function(part)
        local link = vim.api.nvim_get_hl(0, { name = part.group, link = true }).link
        return part.start < at and at <= part.start + #text and link == group
      end)
  end)
end

e2e.run(function()
  vim.opt.runtimepath:append(vim.env.LUALINE)
  require('lualine').setup({ sections = { lualine_x = { 'gomodls' } } })
  vim.lsp.enable('gomodls')
  local dir = e2e.module()
  local buf = e2e.open(dir .. '/go.mod')
  wait_for('go.mod ✓', 'GomodlsOk')
  e2e.change(buf, 'spf13/pflag v1.0.10', 'spf13/pflag v1.0.5')
  wait_for('go.mod ✗ 1', 'GomodlsError')
  e2e.change(buf, 'spf13/pflag v1.0.5', 'spf13/pflag v1.0.10')
  wait_for('go.mod ✓', 'GomodlsOk')
end)
