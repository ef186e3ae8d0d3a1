--- Draws what a terminal shows as a picture: nvim -l svg.lua OUT.svg SCREEN..., where a SCREEN is the output of `tmux
--- capture-pane -e -p`, or FILE:LUA-PATTERN for those of its lines that match.

local cell = { width = 8.4, height = 18, size = 14 }
local gap = #arg > 2 and 6 or 0 -- between lines of several screens
local default = { fg = '#e0e2ea', bg = '#14161b' }

--- The colour of the 256 that terminals have.
---@param n integer
---@return string
local function indexed(n)
  local basic = {
    [0] = '#07080d',
    '#ffc0b9',
    '#b3f6c0',
    '#fce094',
    '#a6dbff',
    '#ffcaff',
    '#8cf8f7',
    '#eef1f8',
    '#4f5258',
    '#ffc0b9',
    '#b3f6c0',
    '#fce094',
    '#a6dbff',
    '#ffcaff',
    '#8cf8f7',
    '#eef1f8',
  }
  if n < 16 then
    return basic[n]
  elseif n >= 232 then
    return ('#%02x%02x%02x'):format(8 + (n - 232) * 10, 8 + (n - 232) * 10, 8 + (n - 232) * 10)
  end
  local function level(x)
    return x == 0 and 0 or 55 + 40 * x
  end
  n = n - 16
  return ('#%02x%02x%02x'):format(
    level(math.floor(n / 36)),
    level(math.floor(n / 6) % 6),
    level(n % 6)
  )
end

---@class Style
---@field fg string?
---@field bg string?
---@field bold boolean?
---@field italic boolean?
---@field underline boolean?
---@field reverse boolean?

--- The style after a sequence "ESC [ codes m".
---@param style Style
---@param codes string
---@return Style
local function restyle(style, codes)
  local new = vim.deepcopy(style)
  local parts = vim.split(codes, ';')
  local i = 1
  while i <= #parts do
    local sub = vim.split(parts[i], ':')
    local n = tonumber(sub[1]) or 0
    if n == 0 then
      new = {}
    elseif n == 1 then
      new.bold = true
    elseif n == 3 then
      new.italic = true
    elseif n == 4 then
      new.underline = sub[2] ~= '0'
    elseif n == 7 then
      new.reverse = true
    elseif n == 22 then
      new.bold = nil
    elseif n == 23 then
      new.italic = nil
    elseif n == 24 then
      new.underline = nil
    elseif n == 27 then
      new.reverse = nil
    elseif n == 39 then
      new.fg = nil
    elseif n == 49 then
      new.bg = nil
    elseif n == 38 or n == 48 then
      local rest = #sub > 1 and vim.list_slice(sub, 2) or vim.list_slice(parts, i + 1)
      local colour
      if rest[1] == '5' then
        colour = indexed(assert(tonumber(rest[2])))
        i = i + (#sub > 1 and 0 or 2)
      else
        local rgb = vim.list_slice(rest, #sub > 1 and #rest - 2 or 2, #sub > 1 and #rest or 4)
        colour = ('#%02x%02x%02x'):format(unpack(vim.tbl_map(tonumber, rgb)))
        i = i + (#sub > 1 and 0 or 4)
      end
      new[n == 38 and 'fg' or 'bg'] = colour
    elseif n >= 30 and n <= 37 then
      new.fg = indexed(n - 30)
    elseif n >= 40 and n <= 47 then
      new.bg = indexed(n - 40)
    elseif n >= 90 and n <= 97 then
      new.fg = indexed(n - 82)
    elseif n >= 100 and n <= 107 then
      new.bg = indexed(n - 92)
    end
    i = i + 1
  end
  return new
end

--- The parts of a line that have one style each.
---@param line string
---@param style Style at its start
---@return {text: string, style: Style}[]
---@return Style style at its end
local function runs_of(line, style)
  local runs = {}
  local at = 1
  while at <= #line do
    local from, to, codes = line:find('\27%[([%d;:]*)m', at)
    local text = line:sub(at, (from or #line + 1) - 1):gsub('\27[^%a]*%a', '')
    if text ~= '' then
      table.insert(runs, { text = text, style = style })
    end
    if from then
      style = restyle(style, codes)
    end
    at = (to or #line) + 1
  end
  return runs, style
end

---@param text string
---@return string
local function escape(text)
  return (
    text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' })
  )
end

local out = arg[1]
local lines = {}
for i = 2, #arg do
  local file, pattern = arg[i]:match('^(.-):(.*)$')
  for line in io.lines(file or arg[i]) do
    line = line:gsub('\27%].-\27\\', '') -- links
    local plain = line:gsub('\27[^%a]*%a', '')
    if not pattern or plain:find(pattern) then
      table.insert(lines, line)
    end
  end
end

local columns, rectangles, texts = 0, {}, {}
local style = {} ---@type Style
for row, line in ipairs(lines) do
  local column = 0
  local runs
  runs, style = runs_of(line, style)
  for _, run in ipairs(runs) do
    local s = run.style
    local fg, bg = s.fg or default.fg, s.bg or default.bg
    if s.reverse then
      fg, bg = bg, fg
    end
    local width = vim.fn.strdisplaywidth(run.text)
    local x, y = column * cell.width, (row - 1) * (cell.height + gap)
    if bg ~= default.bg then
      table.insert(
        rectangles,
        ('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>'):format(
          x,
          y,
          width * cell.width,
          cell.height,
          bg
        )
      )
    end
    -- Viewers do not agree on what becomes of several blanks, so that there are none.
    local extra = (s.bold and ' font-weight="bold"' or '')
      .. (s.italic and ' font-style="italic"' or '')
      .. (s.underline and ' text-decoration="underline"' or '')
    for start, words in (run.text .. '  '):gmatch('()(%S.-)%s%s') do
      table.insert(
        texts,
        ('<text x="%.1f" y="%.1f" textLength="%.1f" fill="%s"%s>%s</text>'):format(
          x + vim.fn.strdisplaywidth(run.text:sub(1, start - 1)) * cell.width,
          y + 0.75 * cell.height,
          vim.fn.strdisplaywidth(words) * cell.width,
          fg,
          extra,
          escape(words)
        )
      )
    end
    column = column + width
  end
  columns = math.max(columns, column)
end

local file = assert(io.open(out, 'w'))
local width, height = columns * cell.width, #lines * (cell.height + gap) - gap
file:write(
  ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 %.1f %d" width="%.1f" height="%d" '):format(
    width + 16,
    height + 16,
    width + 16,
    height + 16
  ),
  ('font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="%d">\n'):format(cell.size),
  ('<rect x="-8" y="-8" width="%.1f" height="%d" rx="6" fill="%s"/>\n'):format(
    width + 16,
    height + 16,
    default.bg
  ),
  table.concat(rectangles, '\n'),
  '\n',
  table.concat(texts, '\n'),
  '\n</svg>\n'
)
file:close()
