#!/bin/bash
# Drives all real editors, as often as is said: run.sh [RUNS]. Every run-*.sh drives one of them, or several, and fails with a
# message where it cannot; all are run, so that one failure does not hide another. Of one run, all is printed; of several,
# what the runners count and what has failed, and then the sum. The logs of runs that fail are kept.
#
#   GOMODLS_BIN   the server to test; built from this checkout if it is not given
#   EDITORS       which of them, for example "nvim others"
set -euo pipefail
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs=${1:-1}
logs=$(mktemp -d "${TMPDIR:-/tmp}/gomodls-runs-XXXXXX")
if [ -z "${EDITORS:-}" ]; then
	EDITORS=$(cd "$e2e" && printf '%s\n' run-*.sh | sed -E 's/run-(.*)\.sh/\1/' | paste -sd ' ')
fi

# lines prints of a log what its runner counts, and what has failed.
lines() { grep -E '^(ℹ (tests|pass|fail|duration_ms) |✖ |not ok |[0-9]+ passed, )|^[a-z-]+: ' "$1" | sort -u | sed 's/^/    /' || true; }

declare -A good bad
for run in $(seq "$runs"); do
	for editor in $EDITORS; do
		log=$logs/$editor-$run.log status=0
		echo "== run-$editor.sh, run $run of $runs"
		if [ "$runs" = 1 ]; then
			bash "$e2e/run-$editor.sh" 2>&1 | tee "$log" || status=$?
		else
			bash "$e2e/run-$editor.sh" >"$log" 2>&1 || status=$?
			lines "$log"
		fi
		if [ "$status" = 0 ]; then
			good[$editor]=$((${good[$editor]:-0} + 1))
			rm "$log"
		else
			bad[$editor]=$((${bad[$editor]:-0} + 1))
			echo "    failed; all that was printed is in $log"
		fi
	done
done

failed=0
for editor in $EDITORS; do
	echo "run-$editor.sh: ${good[$editor]:-0} of $runs runs without a failure"
	failed=$((failed + ${bad[$editor]:-0}))
done
rmdir "$logs" 2>/dev/null || true
[ "$failed" = 0 ]
