" Vim syntax file
" Language: go.sum and go.work.sum

if exists('b:current_syntax')
  finish
endif

syn case match

syn match gosumModule /\v^\S+/ nextgroup=gosumVersion skipwhite
syn match gosumVersion /\v\S{-1,}\ze(\/go\.mod)?(\s|$)/ contained nextgroup=gosumGoMod,gosumHash skipwhite
syn match gosumGoMod /\/go\.mod/ contained nextgroup=gosumHash skipwhite
syn match gosumHash /\vh1:[A-Za-z0-9+\/=]+/ contained
syn match gosumConflict /\v^(\<{7}|\={7}|\>{7}|\|{7}).*/

hi def link gosumModule Identifier
hi def link gosumVersion Constant
hi def link gosumGoMod Comment
hi def link gosumHash String
hi def link gosumConflict Error

let b:current_syntax = 'gosum'
