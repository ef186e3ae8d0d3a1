" Vim syntax file
" Language: go.work

if exists('b:current_syntax')
  finish
endif

runtime! syntax/gomod.vim
unlet! b:current_syntax

syn clear gomodModule gomodKeyword
syn match goworkKeyword /\v^\s*(go|toolchain|godebug|use|replace)\ze(\s|\(|$)/

hi def link goworkKeyword Keyword

let b:current_syntax = 'gowork'
