--- The health as a component of lualine.nvim: lualine_x = { 'gomodls' }. Its colour is that of the state, unless the
--- component's own `color` says otherwise.

local M = require('lualine.component'):extend()

function M:init(options)
  options.color = options.color
    or function()
      return require('gomodls.status').group() or 'GomodlsOff'
    end
  M.super.init(self, options)
end

function M:update_status()
  return (require('gomodls').status():gsub('%%', '%%%%'))
end

return M
