;;; emacs.el --- gomodls in Eglot  -*- lexical-binding: t -*-

;; Run by run-others.sh in a batch Emacs, with the configuration of editors/README.md in E2E_WORK/gomodls.el.

(require 'eglot)
(require 'cl-lib)

(defvar failed nil)

(defun report (passed name &optional detail)
  (princ (format "%s %s\n" (if passed "ok" "not ok") name))
  (unless passed
    (setq failed t)
    (when detail (princ (format "  # %s\n" detail)))))

(defun wait (name predicate)
  "Report NAME when PREDICATE gives something, and give that back; end Emacs when it does not in time."
  (let ((deadline (time-add nil 20)) value)
    (while (and (not (setq value (funcall predicate))) (time-less-p nil deadline))
      (accept-process-output nil 0.02))
    (report value name (list :diagnostics (flymake-diagnostics) :text (buffer-string)))
    (or value (kill-emacs 1))))

(defun go (directory &rest arguments)
  (let ((default-directory directory))
    (zerop (apply #'call-process "go" nil nil nil arguments))))

(load (expand-file-name "gomodls.el" (getenv "E2E_WORK")) nil t)

(let ((dir (expand-file-name "module/" (getenv "E2E_TMP"))))
  (copy-directory (getenv "E2E_MODULE") dir nil nil t)
  (go dir "mod" "edit" "-require=github.com/spf13/pflag@v1.0.5")
  (report (not (go dir "list" "-m" "all")) "go refuses the module")
  (find-file (expand-file-name "go.mod" dir))
  (run-hooks 'post-command-hook)
  (wait "Eglot is connected" #'eglot-current-server)
  (let ((diagnostic
         (wait "the diagnostic is shown"
               (lambda ()
                 (flymake-start)
                 (cl-find-if (lambda (d) (string-search "github.com/spf13/pflag" (flymake-diagnostic-text d)))
                             (flymake-diagnostics))))))
    (report (equal (buffer-substring (flymake-diagnostic-beg diagnostic) (flymake-diagnostic-end diagnostic)) "v1.0.5")
            "it marks the version")
    (wait "the mode line shows an error" (lambda () (and gomodls-health (not (string-search "✓" gomodls-health)))))
    (goto-char (flymake-diagnostic-beg diagnostic))
    (let ((fix (wait "the fix is offered"
                     (lambda ()
                       (cl-find-if (lambda (action) (string-search "v1.0.10" (plist-get action :title)))
                                   (eglot-code-actions (point) (point) "quickfix" nil))))))
      (eglot-execute (eglot-current-server) fix)))
  (wait "the fix restores the version"
        (lambda () (save-excursion (goto-char (point-min)) (search-forward "spf13/pflag v1.0.10" nil t))))
  (eglot--signal-textDocument/didChange)
  (wait "the mode line shows that it is right" (lambda () (string-search "✓" gomodls-health)))
  (report (buffer-modified-p) "the buffer stays modified")
  (let ((inhibit-message t)) (save-buffer))
  (report (go dir "list" "-m" "all") "go accepts the file on disk"))

(kill-emacs (if failed 1 0))
