--- Shows what files would become: a tab for each, the file on the left and the text that would replace it on the right.

local M = {}

local shown = 0

---@param text string
---@return string[]
local function lines_of(text)
  local lines = vim.split(text, '\r?\n')
  if lines[#lines] == '' then
    table.remove(lines)
  end
  return lines
end

---@param title string
---@param uri string
---@param text string
local function show_file(title, uri, text)
  local file = vim.uri_to_bufnr(uri)
  vim.fn.bufload(file)

  shown = shown + 1
  local result = vim.api.nvim_create_buf(false, true)
  local name = vim.fs.basename(vim.uri_to_fname(uri))
  vim.api.nvim_buf_set_name(result, ('gomodls://%d/%s'):format(shown, name))
  vim.api.nvim_buf_set_lines(result, 0, -1, true, lines_of(text))
  vim.bo[result].bufhidden = 'wipe'
  vim.bo[result].filetype = vim.bo[file].filetype
  vim.bo[result].modifiable = false
  vim.keymap.set('n', 'q', '<Cmd>tabclose<CR>', { buffer = result, desc = 'Close this preview' })

  vim.cmd.stopinsert()
  vim.cmd('tab split')
  vim.api.nvim_win_set_buf(0, file)
  vim.cmd.diffthis()
  vim.cmd('rightbelow vsplit')
  vim.api.nvim_win_set_buf(0, result)
  vim.cmd.diffthis()
  vim.wo.winbar = title:gsub('%%', '%%%%') .. ' (q closes)'
end

---@param title string
---@param files {uri: string, newText: string}[]
function M.show(title, files)
  local first
  for _, file in ipairs(files) do
    show_file(title, file.uri, file.newText)
    first = first or vim.api.nvim_get_current_tabpage()
  end
  if first then
    vim.api.nvim_set_current_tabpage(first)
  end
end

return M
