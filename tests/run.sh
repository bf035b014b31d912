#!/usr/bin/env bash
# Runs every test project, two at a time, and ends with "N passed, N failed" (", N skipped" if any). TESTS=name runs one project.
set -uo pipefail
cd "$(dirname "$0")/.."
export logs=artifacts/tests
mkdir -p $logs && rm -f $logs/*.txt # what tests have compiled stays

run() { # a project; what it says is shown whole once it has ended
    own=$logs/$(basename "$1" .csproj).txt
    dotnet test "$1" -c Release --no-build --nologo --logger "console;verbosity=minimal" >"$own" 2>&1
    ended=$?
    flock $logs cat "$own"
    exit $ended
}
export -f run

status=0
printf '%s\0' tests/${TESTS:-*}/*.Tests.csproj | xargs -0 -n 1 -P 2 bash -c 'run "$0"' || status=1
cat $logs/*.txt | awk -v status=$status '
    /(Passed|Failed)! +- Failed:/ {
        gsub(/[,:]/, " ")
        for (i = 1; i < NF; i++) { if ($i == "Failed") failed += $(i + 1); if ($i == "Passed") passed += $(i + 1); if ($i == "Skipped") skipped += $(i + 1) }
    }
    END {
        if (status && !failed) failed = 1  # a test host that died counts as a failure
        printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
        exit failed > 0 || passed == 0
    }'
