" Vim syntax file
" Language: go.mod

if exists('b:current_syntax')
  finish
endif

syn case match

syn match gomodModule /\v^\s*module\ze(\s|$)/
syn match gomodKeyword /\v^\s*(go|toolchain|godebug|require|exclude|replace|retract|tool|ignore)\ze(\s|\(|$)/
syn match gomodArrow /=>/
syn match gomodDelimiter /[(),\[\]]/
syn match gomodVersion /\v(^|[ \t\[,"`])@1<=v\d+\.\d+\.\d+[-+.0-9A-Za-z]*/
syn match gomodGoVersion /\v(^\s*go\s+)@<=\d[0-9.]*(rc\d+|beta\d+)?/
syn match gomodToolchain /\v(^\s*toolchain\s+)@<=(go\d\S*|default)/
syn match gomodPath /\v(^|\s)@1<=\.{1,2}(\/\S*)?/
syn region gomodString start=/"/ skip=/\\\\\|\\"/ end=/"/ oneline
syn region gomodRawString start=/`/ end=/`/ oneline
syn match gomodComment /\/\/.*/ contains=gomodIndirect,gomodDeprecated,gomodDirective,gomodTodo,@Spell
syn match gomodIndirect /\v(\/\/\s*)@<=indirect>/ contained
syn match gomodDeprecated /\v(\/\/\s*)@<=Deprecated:/ contained
syn match gomodDirective /\vgomodls:ignore>(\s+\S+)?/ contained
syn keyword gomodTodo TODO FIXME XXX contained

syn sync minlines=50

hi def link gomodModule Keyword
hi def link gomodKeyword Keyword
hi def link gomodArrow Operator
hi def link gomodDelimiter Delimiter
hi def link gomodVersion Constant
hi def link gomodGoVersion Number
hi def link gomodToolchain Constant
hi def link gomodPath Directory
hi def link gomodString String
hi def link gomodRawString String
hi def link gomodComment Comment
hi def link gomodIndirect SpecialComment
hi def link gomodDeprecated WarningMsg
hi def link gomodDirective PreProc
hi def link gomodTodo Todo

let b:current_syntax = 'gomod'
